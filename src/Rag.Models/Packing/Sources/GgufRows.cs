using System.Buffers.Binary;
using Rag.Models.Formats.Gguf;

namespace Rag.Models.Packing.Sources;

/// <summary>
/// A matrix of GGUF in Q4_0 or Q8_0 (ggml-common.h) with its numbers as they are: 32 of them behind a scale in half precision. In
/// Q4_0 byte i holds numbers i and i + 16, here 2i and 2i + 1; in Q8_0 they have a sign.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="source">The tensor.</param>
/// <param name="rows">Outputs.</param>
/// <param name="columns">Inputs: a multiple of 32.</param>
/// <param name="rowOf">Where a row lies in the source.</param>
internal sealed class GgufRows(GgufFile file, GgufTensorInfo source, long rows, int columns, Func<long, long> rowOf)
    : PackedRows(new PackedForm(source.TypeName == "Q4_0" ? 4 : 8, Block), rows, columns)
{
    private const int Block = 32;
    private const int ScaleBytes = 2;
    private const byte SignBit = 128;

    /// <summary>Whether a tensor is of such a type.</summary>
    public static bool Takes(GgufTensorInfo source, long columns) => source.TypeName is "Q4_0" or "Q8_0" && columns % Block == 0;

    public override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
    {
        int blocks = Columns / Block;
        int stored = Form.BlockBytes + ScaleBytes;
        byte[] row = new byte[blocks * stored];
        for (int i = 0; i < count; i++)
        {
            file.ReadBytes(source, row, rowOf(first + i) * row.Length);
            for (int block = 0; block < blocks; block++)
            {
                ReadOnlySpan<byte> from = row.AsSpan(block * stored, stored);
                scales.Span[(i * blocks) + block] = (float)BinaryPrimitives.ReadHalfLittleEndian(from);
                Span<byte> to = values.Span.Slice(((i * blocks) + block) * Form.BlockBytes, Form.BlockBytes);
                Reorder(from[ScaleBytes..], to);
            }
        }
    }

    private void Reorder(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = Form.Bits == 8 ? (byte)(from[i] ^ SignBit) : (byte)(Half(from, 2 * i) | (Half(from, (2 * i) + 1) << 4));
        }
    }

    private static int Half(ReadOnlySpan<byte> from, int index) => index < Block / 2 ? from[index] & 15 : from[index - (Block / 2)] >> 4;
}
