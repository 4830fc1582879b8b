namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// TQ1_0 and TQ2_0: 256 values of {-1, 0, 1} times d. TQ2_0 spends two bits on each; TQ1_0 puts five into a byte, as the first
/// five digits after the point of the fraction byte / 256 written in base 3 (the last four bytes: four).
/// </summary>
internal static class TernaryBlocks
{
    public static readonly BlockFormat[] Formats =
    [
        new(34, "TQ1_0", KQuants.Values, 54, DecodeDigits, new WordField(52)),
        new(35, "TQ2_0", KQuants.Values, 66, DecodeBits, new WordField(64)),
    ];

    private static void DecodeDigits(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 52);
        Digits(block[..32], 5, scale, values[..160]);
        Digits(block[32..48], 5, scale, values[160..240]);
        Digits(block[48..52], 4, scale, values[240..]);
    }

    // The first digits of all bytes, then the second, and so on.
    private static void Digits(ReadOnlySpan<byte> bytes, int digits, float scale, Span<float> values)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            int fraction = bytes[i];
            for (int digit = 0; digit < digits; digit++)
            {
                fraction *= 3;
                values[(digit * bytes.Length) + i] = ((fraction >> 8) - 1) * scale;
                fraction &= 255;
            }
        }
    }

    private static void DecodeBits(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 64);
        for (int i = 0; i < values.Length; i++)
        {
            int bits = block[(i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2);
            values[i] = ((bits & 3) - 1) * scale;
        }
    }
}
