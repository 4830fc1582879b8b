namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>Q8_0: 32 values of a byte each, q d.</summary>
internal static class ByteBlocks
{
    public static readonly BlockFormat[] Formats = [new(8, "Q8_0", 32, 34, Decode, new WordField(0))];

    private static void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (sbyte)block[i + 2] * scale;
        }
    }
}
