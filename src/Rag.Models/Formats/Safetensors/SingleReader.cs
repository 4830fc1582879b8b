using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rag.Models.Formats.Safetensors;

/// <summary>
/// Widens stored elements to single precision: those types whose every value it holds exactly, which are all floating-point
/// types up to 32 bits but the two of 6 bits (how they are packed is nowhere said), and integers of up to 16 bits.
/// </summary>
internal static class SingleReader
{
    private const int PieceBytes = 1 << 16;

    /// <summary>Reads as many elements as there is room for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="tensor">A tensor of it.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="first">The first element; at the start of a byte.</param>
    public static void Read(SafetensorsFile file, TensorInfo tensor, Span<float> destination, long first = 0)
    {
        int bits = TensorDataTypes.BitsOf(tensor.DataType);
        long from = first * bits / 8;
        long length = (long)destination.Length * bits / 8;
        if (tensor.DataType == TensorDataType.Float32 && BitConverter.IsLittleEndian)
        {
            for (long start = 0; start < length;)
            {
                int piece = (int)Math.Min(PieceBytes, length - start);
                file.ReadBytes(tensor, MemoryMarshal.AsBytes(destination[(int)(start / 4)..])[..piece], from + start);
                start += piece;
            }

            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long start = 0; start < length;)
            {
                int piece = (int)Math.Min(PieceBytes, length - start);
                file.ReadBytes(tensor, buffer.AsSpan(0, piece), from + start);
                Widen(tensor, buffer.AsSpan(0, piece), destination[(int)(start * 8 / bits)..]);
                start += piece;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Widen(TensorInfo tensor, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        switch (tensor.DataType)
        {
            case TensorDataType.Float32:
                for (int i = 0; i < bytes.Length / 4; i++)
                {
                    destination[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
                }

                break;
            case TensorDataType.Float16:
                for (int i = 0; i < bytes.Length / 2; i++)
                {
                    destination[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
                }

                break;
            case TensorDataType.BFloat16:
                for (int i = 0; i < bytes.Length / 2; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                }

                break;
            case TensorDataType.Int16:
                for (int i = 0; i < bytes.Length / 2; i++)
                {
                    destination[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]);
                }

                break;
            case TensorDataType.UInt16:
                for (int i = 0; i < bytes.Length / 2; i++)
                {
                    destination[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]);
                }

                break;
            case TensorDataType.Float4:
                // The first of two is in the low half.
                for (int i = 0; i < 2 * bytes.Length; i++)
                {
                    destination[i] = SmallFloats.E2M1((bytes[i / 2] >> (i % 2 * 4)) & 15);
                }

                break;
            default:
                WidenBytes(tensor, bytes, destination);
                break;
        }
    }

    private static void WidenBytes(TensorInfo tensor, ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        ReadOnlySpan<float> table = tensor.DataType switch
        {
            TensorDataType.Float8E4M3 => SmallFloats.E4M3,
            TensorDataType.Float8E5M2 => SmallFloats.E5M2,
            TensorDataType.Float8E8M0 => SmallFloats.E8M0,
            TensorDataType.Int8 => SmallFloats.Signed,
            TensorDataType.UInt8 or TensorDataType.Boolean => SmallFloats.Unsigned,
            _ => throw new UnsupportedException(
                $"{tensor.FilePath}: '{tensor.Name}' is {tensor.Describe()}, which single precision does not hold exactly; floating-point types up to F32 and integers up to 16 bits are read so.", tensor.FilePath),
        };
        for (int i = 0; i < bytes.Length; i++)
        {
            destination[i] = table[bytes[i]];
        }
    }
}
