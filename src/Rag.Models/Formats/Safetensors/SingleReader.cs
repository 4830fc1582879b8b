using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rag.Models.Formats.Safetensors;

/// <summary>Widens stored elements to single precision. F16 and BF16 (the upper 16 bits of an F32) convert exactly.</summary>
internal static class SingleReader
{
    private const int PieceBytes = 1 << 16;

    public static void Read(SafetensorsFile file, TensorInfo tensor, Span<float> destination)
    {
        if (tensor.DataType == TensorDataType.Float32 && BitConverter.IsLittleEndian)
        {
            for (long start = 0; start < tensor.Length;)
            {
                int piece = (int)Math.Min(PieceBytes, tensor.Length - start);
                file.ReadBytes(tensor, MemoryMarshal.AsBytes(destination[(int)(start / 4)..])[..piece], start);
                start += piece;
            }

            return;
        }

        int width = TensorDataTypes.BitsOf(tensor.DataType) / 8;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long start = 0; start < tensor.Length;)
            {
                int piece = (int)Math.Min(PieceBytes, tensor.Length - start);
                file.ReadBytes(tensor, buffer.AsSpan(0, piece), start);
                Widen(tensor, buffer.AsSpan(0, piece), destination[(int)(start / width)..]);
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
            default:
                throw new UnsupportedException($"{tensor.FilePath}: '{tensor.Name}' is {tensor.Describe()}, which is not read as single precision; F32, F16 and BF16 are.", tensor.FilePath);
        }
    }
}
