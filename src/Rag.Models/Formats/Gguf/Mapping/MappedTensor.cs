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
/// <param name="Heads">For rows that are paired: how many heads they belong to.</param>
/// <param name="First">The index of its first value in the source.</param>
internal sealed record MappedTensor(string Name, GgufFile File, GgufTensorInfo Source, IReadOnlyList<long> Shape, TensorChange Change, int Heads = 1, long First = 0)
{
    // A multiple of the values of every block.
    private const int PieceValues = 1 << 14;

    private long Count => Shape.Aggregate(1L, (product, dimension) => checked(product * dimension));

    private TensorDataType DataType => Change is TensorChange.PlusOne or TensorChange.Transposed ? TensorDataType.Float32 : Source.TypeName switch
    {
        "F16" => TensorDataType.Float16,
        "BF16" => TensorDataType.BFloat16,
        _ => TensorDataType.Float32,
    };

    /// <summary>The tensor for a writer.</summary>
    public StreamedTensor ToStreamed() => new(Name, DataType, Shape, Count * TensorDataTypes.BitsOf(DataType) / 8, Write);

    /// <summary>The tensor as it is described to who reads it.</summary>
    public TensorInfo ToInfo() => new()
    {
        Name = Name,
        DataType = DataType,
        Shape = Shape,
        FilePath = File.FilePath,
        Offset = Source.Offset,
        Length = Count * TensorDataTypes.BitsOf(DataType) / 8,
    };

    /// <summary>Reads bytes from one of them on, as many as there is room for; at the start of a block of the source.</summary>
    public void ReadBytes(Span<byte> to, long start)
    {
        int width = TensorDataTypes.BitsOf(DataType) / 8;
        if (DataType == TensorDataType.Float32)
        {
            float[] values = ArrayPool<float>.Shared.Rent(to.Length / width);
            ReadSingles(values.AsSpan(0, to.Length / width), start / width);
            for (int i = 0; i < to.Length / width; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(to[(width * i)..], values[i]);
            }

            ArrayPool<float>.Shared.Return(values);
            return;
        }

        foreach ((long from, int count) in Ranges(start / width, to.Length / width))
        {
            File.ReadBytes(Source, to[..(count * width)], from * width);
            to = to[(count * width)..];
        }
    }

    /// <summary>Reads values from one of them on, as many as there is room for; at the start of a block of the source.</summary>
    public void ReadSingles(Span<float> values, long first)
    {
        if (Change == TensorChange.Transposed)
        {
            ReadTransposed().AsSpan((int)first, values.Length).CopyTo(values);
            return;
        }

        float minus = Change == TensorChange.PlusOne ? 1 : 0;
        foreach ((long from, int count) in Ranges(first, values.Length))
        {
            Span<float> part = values[..count];
            File.ReadSingles(Source, part, from);
            for (int i = 0; minus != 0 && i < part.Length; i++)
            {
                part[i] -= minus;
            }

            values = values[count..];
        }
    }

    private void Write(Stream stream)
    {
        int width = TensorDataTypes.BitsOf(DataType) / 8;
        if (Change == TensorChange.Transposed)
        {
            WriteSingles(stream, ReadTransposed());
            return;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceValues, Count) * width);
        for (long done = 0; done < Count; done += PieceValues)
        {
            Span<byte> piece = bytes.AsSpan(0, (int)Math.Min(PieceValues, Count - done) * width);
            ReadBytes(piece, done * width);
            stream.Write(piece);
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>The row that the source has at another place: dimensions i and i + n/2 of a head stand there as 2i and 2i + 1.</summary>
    internal static long PairedRow(long row, long headSize)
    {
        (long head, long within) = Math.DivRem(row, headSize);
        (long half, long pair) = Math.DivRem(within, headSize / 2);
        return (head * headSize) + (2 * pair) + half;
    }

    // Where the values lie in the source.
    private IEnumerable<(long From, int Count)> Ranges(long first, int count)
    {
        if (Change is not (TensorChange.PairedQueries or TensorChange.PairedKeys))
        {
            yield return (First + first, count);
            yield break;
        }

        long columns = Count / Shape[0];
        for (int done = 0; done < count;)
        {
            (long row, long column) = Math.DivRem(first + done, columns);
            int part = (int)Math.Min(columns - column, count - done);
            yield return ((PairedRow(row, Shape[0] / Heads) * columns) + column, part);
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
