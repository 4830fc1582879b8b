using System.Buffers;
using System.Buffers.Binary;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>
/// A tensor as a Hugging Face checkpoint holds it, made from one of a GGUF file. F32, F16 and BF16 keep their type where only rows
/// move; quantised values become F32, which holds them exactly.
/// </summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="File">The file that holds the source.</param>
/// <param name="Source">The source.</param>
/// <param name="Shape">Its shape in the checkpoint.</param>
/// <param name="Change">How the source differs.</param>
/// <param name="First">The index of its first value in the source.</param>
internal sealed record MappedTensor(string Name, GgufFile File, GgufTensorInfo Source, IReadOnlyList<long> Shape, TensorChange Change, long First = 0)
{
    /// <summary>The row of the source for each row; null where they have one order.</summary>
    public Func<long, long>? Row { get; init; }

    // A multiple of the values of every block.
    private const int PieceValues = 1 << 14;

    private long Count => Shape.Aggregate(1L, (product, dimension) => checked(product * dimension));

    private TensorDataType DataType => Change is TensorChange.PlusOne or TensorChange.Transposed or TensorChange.NegativePowers ? TensorDataType.Float32 : Source.TypeName switch
    {
        "F16" => TensorDataType.Float16,
        "BF16" => TensorDataType.BFloat16,
        _ => TensorDataType.Float32,
    };

    /// <summary>The tensor for a writer.</summary>
    public StreamedTensor ToStreamed() => new(Name, DataType, Shape, Count * TensorDataTypes.BitsOf(DataType) / 8, Write);

    private void Write(Stream stream)
    {
        switch (Change)
        {
            case TensorChange.Transposed:
                WriteTransposed(stream);
                break;
            case var _ when Row is not null:
                long columns = Count / Shape[0];
                for (long row = 0; row < Shape[0]; row++)
                {
                    WriteRange(stream, Row(row) * columns, columns);
                }

                break;
            default:
                WriteRange(stream, First, Count);
                break;
        }
    }

    /// <summary>The row that the source has at another place: dimensions i and i + n/2 of a head stand there as 2i and 2i + 1.</summary>
    internal static long PairedRow(long row, long headSize)
    {
        (long head, long within) = Math.DivRem(row, headSize);
        (long half, long pair) = Math.DivRem(within, headSize / 2);
        return (head * headSize) + (2 * pair) + half;
    }

    /// <summary>
    /// The row that the source has at another place: of each key head its queries, its key and its value stand together, in the
    /// source all queries, all keys and all values.
    /// </summary>
    internal static long FusedRow(long row, long headSize, long heads, long keyHeads)
    {
        long queries = heads / keyHeads;
        (long slot, long within) = Math.DivRem(row, headSize);
        (long group, long part) = Math.DivRem(slot, queries + 2);
        long head = part < queries ? (group * queries) + part : part == queries ? heads + group : heads + keyHeads + group;
        return (head * headSize) + within;
    }

    private void WriteRange(Stream stream, long first, long count)
    {
        bool stored = DataType != TensorDataType.Float32 || (Source.TypeName == "F32" && Change is not (TensorChange.PlusOne or TensorChange.NegativePowers));
        int width = TensorDataTypes.BitsOf(DataType) / 8;
        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceValues, count) * width);
        float[] values = stored ? [] : ArrayPool<float>.Shared.Rent((int)Math.Min(PieceValues, count));
        try
        {
            for (long done = 0; done < count;)
            {
                int piece = (int)Math.Min(PieceValues, count - done);
                Span<byte> to = bytes.AsSpan(0, piece * width);
                if (stored)
                {
                    File.ReadBytes(Source, to, (first + done) * width);
                }
                else
                {
                    Convert(values.AsSpan(0, piece), first + done, to);
                }

                stream.Write(to);
                done += piece;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            if (!stored)
            {
                ArrayPool<float>.Shared.Return(values);
            }
        }
    }

    private void Convert(Span<float> values, long first, Span<byte> to)
    {
        File.ReadSingles(Source, values, first);
        float minus = Change == TensorChange.PlusOne ? 1 : 0;
        for (int i = 0; i < values.Length; i++)
        {
            float value = Change != TensorChange.NegativePowers ? values[i] - minus
                : values[i] < 0 && float.IsFinite(values[i]) ? MathF.Log(-values[i])
                : throw new CorruptException($"{File.FilePath}: the tensor '{Source.Name}' at byte {Source.Offset} must hold numbers below 0, but holds {values[i]}.", File.FilePath, Source.Offset);
            BinaryPrimitives.WriteSingleLittleEndian(to[(4 * i)..], value);
        }
    }

    private void WriteTransposed(Stream stream)
    {
        float[] values = File.ReadSingles(Source);
        (int rows, int columns) = ((int)Shape[0], (int)Shape[1]);
        byte[] row = new byte[columns * sizeof(float)];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(row.AsSpan(4 * j), values[(j * rows) + i]);
            }

            stream.Write(row);
        }
    }
}
