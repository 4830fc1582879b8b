namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// MXFP4 and NVFP4: four-bit floating-point numbers E2M1, kept doubled so that they are whole, with half a scale. MXFP4 has a power of
/// two for 32 values (E8M0; OCP Microscaling Formats 1.0), NVFP4 four scales E4M3 without sign for 16 each. A byte holds value
/// i in its low half and the value half a run later in its high half.
/// </summary>
internal static class Fp4Blocks
{
    private const int MxRun = 32;
    private const int NvRun = 16;
    private const int NvRuns = 4;

    public static readonly BlockFormat[] Formats =
    [
        new(39, "MXFP4", MxRun, 17, (block, values) => Write(block[1..], HalfPower(block[0]), values)),
        new(40, "NVFP4", NvRun * NvRuns, 36, DecodeNv),
    ];

    private static ReadOnlySpan<sbyte> Doubled => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    private static void DecodeNv(ReadOnlySpan<byte> block, Span<float> values)
    {
        for (int run = 0; run < NvRuns; run++)
        {
            Write(block.Slice(NvRuns + (run * NvRun / 2), NvRun / 2), HalfScale(block[run]), values.Slice(run * NvRun, NvRun));
        }
    }

    private static void Write(ReadOnlySpan<byte> pairs, float scale, Span<float> values)
    {
        for (int i = 0; i < pairs.Length; i++)
        {
            values[i] = Doubled[pairs[i] & 15] * scale;
            values[i + pairs.Length] = Doubled[pairs[i] >> 4] * scale;
        }
    }

    // 2^(e - 128); the two least are subnormal.
    private static float HalfPower(int exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x00200000u << exponent : (uint)(exponent - 1) << 23);

    // The number that would be NaN stands for 0.
    private static float HalfScale(int bits) => bits == 0x7F ? 0 : .5f * ((bits >> 3 & 15) == 0
        ? MathF.ScaleB(bits & 7, -9)
        : MathF.ScaleB(1 + ((bits & 7) / 8f), (bits >> 3 & 15) - 7));
}
