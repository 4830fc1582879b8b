namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>What the formats of 256 values have in common.</summary>
internal static class KQuants
{
    /// <summary>Values of a block.</summary>
    public const int Values = 256;

    /// <summary>
    /// The first byte of a run of 16 two-bit values: a byte holds the values i, i + 32, i + 64 and i + 96 of its half of the block.
    /// </summary>
    public static int TwoBitByte(int run) => (run / 8 * 32) + (run % 2 * 16);

    /// <summary>The place of a run within its bytes.</summary>
    public static int TwoBitShift(int run) => run % 8 / 2 * 2;

    /// <summary>The six bits of scale and of least value of a run of 32, of eight packed into 12 bytes.</summary>
    public static (int Scale, int Least) SixBits(ReadOnlySpan<byte> packed, int run) => run < 4
        ? (packed[run] & 63, packed[run + 4] & 63)
        : ((packed[run + 4] & 15) | (packed[run - 4] >> 6 << 4), (packed[run + 4] >> 4) | (packed[run] >> 6 << 4));
}
