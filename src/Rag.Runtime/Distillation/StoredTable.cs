using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Embedding;

namespace Rag.Runtime.Distillation;

/// <summary>A table as it is stored: a signed byte per value and a half-precision scale per row.</summary>
internal sealed class StoredTable(int rows, int dimensions)
{
    private const int Most = 127;
    private readonly sbyte[] _values = new sbyte[checked(rows * dimensions)];
    private readonly Half[] _scales = new Half[rows];

    /// <summary>Rounds a row: no value moves by more than half of the row's scale.</summary>
    public void Set(int row, ReadOnlySpan<float> source)
    {
        float largest = MathF.Abs(TensorPrimitives.MaxMagnitude(source));
        Half scale = (Half)(largest / Most);

        // Rounded up, so that the largest value needs no clipping.
        if ((float)scale * Most < largest)
        {
            scale = Half.BitIncrement(scale);
        }

        _scales[row] = scale;
        Span<sbyte> values = _values.AsSpan(row * dimensions, dimensions);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = largest > 0 ? (sbyte)Math.Clamp(MathF.Round(source[i] / (float)scale), -Most, Most) : (sbyte)0;
        }
    }

    /// <summary>Writes the table to <see cref="StaticTokenTable.FileName"/> of a folder.</summary>
    /// <returns>The file's length.</returns>
    public long Write(string folder, IReadOnlyDictionary<string, string> metadata)
    {
        byte[] scales = new byte[rows * sizeof(short)];
        for (int row = 0; row < rows; row++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(scales.AsSpan(row * sizeof(short)), _scales[row]);
        }

        string path = Path.Combine(folder, StaticTokenTable.FileName);
        SafetensorsWriter.Write(
            path,
            [
                new TensorContent("embeddings", TensorDataType.Int8, [rows, dimensions], MemoryMarshal.AsBytes(_values.AsSpan()).ToArray()),
                new TensorContent("scales", TensorDataType.Float16, [rows], scales),
            ],
            metadata);
        return new FileInfo(path).Length;
    }
}
