namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// Q2_K: 256 values of two bits in runs of 16, each run with a scale and a least value of four bits: q d s - m l. Layout: 16
/// bytes of scales and least values, 64 bytes of values, d, m.
/// </summary>
internal static class Q2KBlocks
{
    private const int Run = 16;
    private const int Quants = 16;
    private const int Scales = Quants + 64;

    public static readonly BlockFormat[] Formats = [new(10, "Q2_K", KQuants.Values, 84, Decode, new WordField(Scales, 2))];

    private static void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        (float scale, float least) = (BlockFormat.Half(block, Scales), BlockFormat.Half(block, Scales + 2));
        for (int run = 0; run < KQuants.Values / Run; run++)
        {
            (float own, float low) = (scale * (block[run] & 15), least * (block[run] >> 4));
            ReadOnlySpan<byte> quants = block.Slice(Quants + KQuants.TwoBitByte(run), Run);
            Span<float> to = values.Slice(run * Run, Run);
            for (int i = 0; i < Run; i++)
            {
                to[i] = (own * ((quants[i] >> KQuants.TwoBitShift(run)) & 3)) - low;
            }
        }
    }
}
