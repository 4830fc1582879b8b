using System.Buffers.Binary;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Quantization;

/// <summary>Half-precision numbers as the bytes of a tensor.</summary>
internal static class HalfBytes
{
    /// <summary>Stores one number at its index and returns it.</summary>
    public static Half Write(Half value, Span<byte> bytes, int index)
    {
        BinaryPrimitives.WriteHalfLittleEndian(bytes[(2 * index)..], value);
        return value;
    }

    /// <summary>Whether every number is finite.</summary>
    public static bool AreFinite(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i + 1 < bytes.Length; i += 2)
        {
            if (!Half.IsFinite(BinaryPrimitives.ReadHalfLittleEndian(bytes[i..])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A tensor in half precision, each value rounded to the nearest.</summary>
    public static TensorContent Round(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[values.Length * 2];
        for (int i = 0; i < values.Length; i++)
        {
            Write((Half)values[i], bytes, i);
        }

        return new TensorContent(name, TensorDataType.Float16, shape, bytes);
    }
}
