namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// Q4_K and Q5_K: 256 values of four or five bits in runs of 32, each run with a scale and a least value of six bits:
/// q d s - m l. Layout: d, m, 12 bytes of scales and least values, in Q5_K 32 bytes of fifth bits (value i of run n has bit n of
/// byte i), 128 bytes of lower four bits (a byte holds value i of an even run and of the next).
/// </summary>
internal static class Q45KBlocks
{
    private const int Run = 32;
    private const int Scales = 4;
    private const int Rest = Scales + 12;

    public static readonly BlockFormat[] Formats =
    [
        new(12, "Q4_K", KQuants.Values, 144, (block, values) => Decode(block, [], block[Rest..], values), new WordField(0, 2)),
        new(13, "Q5_K", KQuants.Values, 176, (block, values) => Decode(block, block.Slice(Rest, Run), block[(Rest + Run)..], values), new WordField(0, 2)),
    ];

    private static void Decode(ReadOnlySpan<byte> block, ReadOnlySpan<byte> fifth, ReadOnlySpan<byte> quants, Span<float> values)
    {
        (float scale, float least) = (BlockFormat.Half(block, 0), BlockFormat.Half(block, 2));
        for (int run = 0; run < KQuants.Values / Run; run++)
        {
            (int ownScale, int ownLeast) = KQuants.SixBits(block.Slice(Scales, 12), run);
            (float own, float low) = (scale * ownScale, least * ownLeast);
            ReadOnlySpan<byte> pairs = quants.Slice(run / 2 * Run, Run);
            Span<float> to = values.Slice(run * Run, Run);
            for (int i = 0; i < Run; i++)
            {
                int number = (pairs[i] >> (run % 2 * 4)) & 15;
                to[i] = (own * (fifth.IsEmpty ? number : number + ((fifth[i] >> run & 1) << 4))) - low;
            }
        }
    }
}
