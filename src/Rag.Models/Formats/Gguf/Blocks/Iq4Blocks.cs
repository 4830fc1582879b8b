using System.Buffers.Binary;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// IQ4_NL and IQ4_XS: values of four bits that stand for unevenly spaced numbers; a byte holds values i and i + 16 of 32.
/// IQ4_NL has d for 32 values, IQ4_XS in 256 values a scale of six bits for 32: d (s - 32).
/// </summary>
internal static class Iq4Blocks
{
    private const int Run = 32;

    public static readonly BlockFormat[] Formats =
    [
        new(20, "IQ4_NL", Run, 18, (block, values) => Write(block[2..], BlockFormat.Half(block, 0), values), new WordField(0)),
        new(23, "IQ4_XS", KQuants.Values, 136, DecodeXs, new WordField(0, 2)),
    ];

    private static ReadOnlySpan<sbyte> Levels => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    // d, the upper two bits of all scales, their lower four, values.
    private static void DecodeXs(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        int upper = BinaryPrimitives.ReadUInt16LittleEndian(block[2..]);
        for (int run = 0; run < KQuants.Values / Run; run++)
        {
            int own = ((block[4 + (run / 2)] >> (run % 2 * 4)) & 15) | (((upper >> (2 * run)) & 3) << 4);
            Write(block.Slice(8 + (run * Run / 2), Run / 2), scale * (own - 32), values.Slice(run * Run, Run));
        }
    }

    private static void Write(ReadOnlySpan<byte> pairs, float scale, Span<float> values)
    {
        for (int i = 0; i < Run / 2; i++)
        {
            values[i] = scale * Levels[pairs[i] & 15];
            values[i + (Run / 2)] = scale * Levels[pairs[i] >> 4];
        }
    }
}
