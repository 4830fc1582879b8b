using System.Buffers.Binary;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// Q5_0 and Q5_1: as Q4_0 and Q4_1 with a fifth bit for each value, gathered in 32 bits before the halves of bytes;
/// Q5_0 is (q - 16) d, Q5_1 is q d + m.
/// </summary>
internal static class FiveBitBlocks
{
    private const int Half = 16;

    public static readonly BlockFormat[] Formats =
    [
        new(6, "Q5_0", 2 * Half, 22, Centred, new WordField(0)),
        new(7, "Q5_1", 2 * Half, 24, Shifted, new WordField(0, 2)),
    ];

    private static void Centred(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (Number(block[2..], i) - 16) * scale;
        }
    }

    private static void Shifted(ReadOnlySpan<byte> block, Span<float> values)
    {
        (float scale, float least) = (BlockFormat.Half(block, 0), BlockFormat.Half(block, 2));
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (Number(block[4..], i) * scale) + least;
        }
    }

    // The 32 high bits are declared as four bytes, so they are least first whatever the order of the file.
    private static int Number(ReadOnlySpan<byte> bits, int i)
    {
        int pair = bits[4 + (i & (Half - 1))];
        int high = (int)(BinaryPrimitives.ReadUInt32LittleEndian(bits) >> i) & 1;
        return (i < Half ? pair & 15 : pair >> 4) | (high << 4);
    }
}
