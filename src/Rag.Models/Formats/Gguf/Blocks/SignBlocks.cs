namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>Q1_0: 128 values of one bit each, d where it is set and -d where it is not.</summary>
internal static class SignBlocks
{
    public static readonly BlockFormat[] Formats = [new(41, "Q1_0", 128, 18, Decode, new WordField(0))];

    private static void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (block[2 + (i / 8)] >> (i % 8) & 1) == 1 ? scale : -scale;
        }
    }
}
