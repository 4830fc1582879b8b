namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// Q4_0 and Q4_1: 32 values of four bits. Byte i holds value i in its low half and value i + 16 in its high half;
/// Q4_0 is (q - 8) d, Q4_1 is q d + m.
/// </summary>
internal static class NibbleBlocks
{
    private const int Half = 16;

    public static readonly BlockFormat[] Formats =
    [
        new(2, "Q4_0", 2 * Half, 18, Centred, new WordField(0)),
        new(3, "Q4_1", 2 * Half, 20, Shifted, new WordField(0, 2)),
    ];

    private static void Centred(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        ReadOnlySpan<byte> pairs = block[2..];
        for (int i = 0; i < Half; i++)
        {
            values[i] = ((pairs[i] & 15) - 8) * scale;
            values[i + Half] = ((pairs[i] >> 4) - 8) * scale;
        }
    }

    private static void Shifted(ReadOnlySpan<byte> block, Span<float> values)
    {
        (float scale, float least) = (BlockFormat.Half(block, 0), BlockFormat.Half(block, 2));
        ReadOnlySpan<byte> pairs = block[4..];
        for (int i = 0; i < Half; i++)
        {
            values[i] = ((pairs[i] & 15) * scale) + least;
            values[i + Half] = ((pairs[i] >> 4) * scale) + least;
        }
    }
}
