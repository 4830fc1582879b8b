namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// Q6_K: 256 values of six bits in runs of 16, each run with a signed byte as its scale: d s (q - 32). Layout: 128 bytes of lower
/// four bits, 64 bytes of upper two, 16 scales, d. Each half of the block stands by itself: byte i of its 64 holds the lower bits
/// of values i and i + 64, byte i of its 32 the upper bits of values i, i + 32, i + 64 and i + 96.
/// </summary>
internal static class Q6KBlocks
{
    private const int Run = 16;
    private const int Upper = 128;
    private const int Scales = Upper + 64;
    private const int Delta = Scales + 16;

    public static readonly BlockFormat[] Formats = [new(14, "Q6_K", KQuants.Values, 210, Decode, new WordField(Delta))];

    private static void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, Delta);
        for (int run = 0; run < KQuants.Values / Run; run++)
        {
            (int half, int within) = (run / 8, run % 8 * Run);
            ReadOnlySpan<byte> lower = block.Slice((half * 64) + (within % 64), Run);
            ReadOnlySpan<byte> upper = block.Slice(Upper + (half * 32) + (within % 32), Run);
            (int lowerShift, int upperShift) = (within / 64 * 4, within / 32 * 2);
            float own = scale * (sbyte)block[Scales + run];
            Span<float> to = values.Slice(run * Run, Run);
            for (int i = 0; i < Run; i++)
            {
                to[i] = own * ((((lower[i] >> lowerShift) & 15) | (((upper[i] >> upperShift) & 3) << 4)) - 32);
            }
        }
    }
}
