using System.Buffers;
using System.Buffers.Binary;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>
/// A tensor of a checkpoint made from one of a GGUF file. F32, F16 and BF16 keep their type where only rows move; quantised values
/// become F32, which holds them exactly.
/// </summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="File">The file that holds the source.</param>
/// <param name="Source">The source.</param>
/// <param name="Shape">Its shape in the checkpoint.</param>
/// <param name="Change">How the source differs.</param>
/// <param name="First">The index of its first value in the source.</param>
internal sealed record MappedTensor(string Name, GgufFile File, GgufTensorInfo Source, IReadOnlyList<long> Shape, TensorChange Change, long First = 0) : IMappedTensor
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

    private int Width => TensorDataTypes.BitsOf(DataType) / 8;

    /// <summary>The row that the source has at another place: dimensions i and i + n/2 of a head stand there as 2i and 2i + 1.</summary>
    public static long PairedRow(long row, long headSize)
    {
        (long head, long within) = Math.DivRem(row, headSize);
        (long half, long pair) = Math.DivRem(within, headSize / 2);
        return (head * headSize) + (2 * pair) + half;
    }

    /// <summary>
    /// The row that the source has at another place: of each key head its queries, its key and its value stand together, in the
    /// source all queries, all keys and all values.
    /// </summary>
    public static long FusedRow(long row, long headSize, long heads, long keyHeads)
    {
        long queries = heads / keyHeads;
        (long slot, long within) = Math.DivRem(row, headSize);
        (long group, long part) = Math.DivRem(slot, queries + 2);
        long head = part < queries ? (group * queries) + part : part == queries ? heads + group : heads + keyHeads + group;
        return (head * headSize) + within;
    }

    public StreamedTensor ToStreamed() => new(Name, DataType, Shape, Count * Width, Write);

    public TensorInfo ToInfo() => new()
    {
        Name = Name,
        DataType = DataType,
        Shape = Shape,
        FilePath = File.FilePath,
        Offset = Source.Offset,
        Length = Count * Width,
    };

    public void ReadBytes(Span<byte> to, long start)
    {
        if (DataType == TensorDataType.Float32)
        {
            float[] values = ArrayPool<float>.Shared.Rent(to.Length / Width);
            ReadSingles(values.AsSpan(0, to.Length / Width), start / Width);
            for (int i = 0; i < to.Length / Width; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(to[(Width * i)..], values[i]);
            }

            ArrayPool<float>.Shared.Return(values);
            return;
        }

        foreach ((long from, int count) in Ranges(start / Width, to.Length / Width))
        {
            File.ReadBytes(Source, to[..(count * Width)], from * Width);
            to = to[(count * Width)..];
        }
    }

    public void ReadSingles(Span<float> values, long first)
    {
        if (Change == TensorChange.Transposed)
        {
            ReadTransposed().AsSpan((int)first, values.Length).CopyTo(values);
            return;
        }

        foreach ((long from, int count) in Ranges(first, values.Length))
        {
            File.ReadSingles(Source, values[..count], from);
            Convert(values[..count]);
            values = values[count..];
        }
    }

    public PackedRows? OpenPacked(bool transposed)
    {
        if (Shape is not [var rows, var columns] || transposed != (Change == TensorChange.Transposed) || Change == TensorChange.PlusOne)
        {
            return null;
        }

        (rows, columns) = transposed ? (columns, rows) : (rows, columns);
        long first = First / columns;
        return GgufRows.Takes(Source, columns) ? new GgufRows(File, Source, rows, (int)columns, Row ?? (row => first + row)) : null;
    }

    private void Convert(Span<float> values)
    {
        for (int i = 0; Change == TensorChange.PlusOne && i < values.Length; i++)
        {
            values[i] -= 1;
        }

        for (int i = 0; Change == TensorChange.NegativePowers && i < values.Length; i++)
        {
            values[i] = values[i] < 0 && float.IsFinite(values[i])
                ? MathF.Log(-values[i])
                : throw new CorruptException($"{File.FilePath}: the tensor '{Source.Name}' at byte {Source.Offset} must hold numbers below 0, but holds {values[i]}.", File.FilePath, Source.Offset);
        }
    }

    private void Write(Stream stream)
    {
        if (Change == TensorChange.Transposed)
        {
            WriteSingles(stream, ReadTransposed());
            return;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceValues, Count) * Width);
        for (long done = 0; done < Count; done += PieceValues)
        {
            Span<byte> piece = bytes.AsSpan(0, (int)Math.Min(PieceValues, Count - done) * Width);
            ReadBytes(piece, done * Width);
            stream.Write(piece);
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    // Where the values lie in the source.
    private IEnumerable<(long From, int Count)> Ranges(long first, int count)
    {
        if (Row is null)
        {
            yield return (First + first, count);
            yield break;
        }

        long columns = Count / Shape[0];
        for (int done = 0; done < count;)
        {
            (long row, long column) = Math.DivRem(first + done, columns);
            int part = (int)Math.Min(columns - column, count - done);
            yield return ((Row(row) * columns) + column, part);
            done += part;
        }
    }

    private float[] ReadTransposed()
    {
        float[] values = File.ReadSingles(Source);
        (int rows, int columns) = ((int)Shape[0], (int)Shape[1]);
        float[] turned = new float[values.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                turned[(i * columns) + j] = values[(j * rows) + i];
            }
        }

        return turned;
    }

    private static void WriteSingles(Stream stream, float[] values)
    {
        byte[] bytes = new byte[PieceValues * sizeof(float)];
        for (int done = 0; done < values.Length; done += PieceValues)
        {
            int count = Math.Min(PieceValues, values.Length - done);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[done + i]);
            }

            stream.Write(bytes.AsSpan(0, 4 * count));
        }
    }
}
