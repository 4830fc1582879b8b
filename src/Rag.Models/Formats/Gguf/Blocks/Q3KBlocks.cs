namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// Q3_K: 256 values of three bits in runs of 16, each run with a scale of six bits: (q - 4) d (s - 32). Layout: 32 bytes with the
/// third bits (value i + 32 n has bit n of byte i), 64 bytes with the lower two, 12 bytes of scales, d.
/// </summary>
internal static class Q3KBlocks
{
    private const int Run = 16;
    private const int Quants = 32;
    private const int Scales = Quants + 64;
    private const int Delta = Scales + 12;

    public static readonly BlockFormat[] Formats = [new(11, "Q3_K", KQuants.Values, 110, Decode, new WordField(Delta))];

    private static void Decode(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, Delta);
        for (int run = 0; run < KQuants.Values / Run; run++)
        {
            float own = scale * (Scale(block.Slice(Scales, 12), run) - 32);
            ReadOnlySpan<byte> low = block.Slice(Quants + KQuants.TwoBitByte(run), Run);
            ReadOnlySpan<byte> high = block.Slice(run % 2 * Run, Run);
            Span<float> to = values.Slice(run * Run, Run);
            for (int i = 0; i < Run; i++)
            {
                to[i] = own * (((low[i] >> KQuants.TwoBitShift(run)) & 3) + ((high[i] >> (run / 2) & 1) << 2) - 4);
            }
        }
    }

    // Eight bytes hold the lower four bits of runs 0 to 7 and 8 to 15; four more the upper two, of four runs each.
    private static int Scale(ReadOnlySpan<byte> packed, int run) =>
        ((packed[run % 8] >> (run / 8 * 4)) & 15) | (((packed[8 + (run % 4)] >> (run / 4 * 2)) & 3) << 4);
}
