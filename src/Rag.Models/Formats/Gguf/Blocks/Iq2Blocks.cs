using System.Buffers.Binary;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// IQ2_XXS, IQ2_XS and IQ2_S: 256 values as 32 points of eight from a codebook, with signs, and a scale of four bits for 32
/// values (XXS) or 16: d (s + 1/2) / 4.
/// </summary>
internal static class Iq2Blocks
{
    private const int Group = 8;
    private const int Groups = KQuants.Values / Group;

    public static readonly BlockFormat[] Formats =
    [
        new(16, "IQ2_XXS", KQuants.Values, 66, DecodeXxs, new WordField(0, 33)),
        new(17, "IQ2_XS", KQuants.Values, 74, DecodeXs, new WordField(0, 33)),
        new(22, "IQ2_S", KQuants.Values, 82, DecodeS, new WordField(0)),
    ];

    // For 32 values: four bytes that name points, then four times seven bits of signs and the scale.
    private static void DecodeXxs(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int group = 0; group < Groups; group++)
        {
            ReadOnlySpan<byte> run = block.Slice(2 + (group / 4 * 8), 8);
            uint signs = BinaryPrimitives.ReadUInt32LittleEndian(run[4..]);
            SignedPoints.Write(Codebooks.Iq2Xxs[run[group % 4]], SignedPoints.Even(signs >> (7 * (group % 4))), Scale(scale, (int)(signs >> 28)), values.Slice(group * Group, Group));
        }
    }

    // Nine bits that name a point and seven of signs for each; then scales.
    private static void DecodeXs(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int group = 0; group < Groups; group++)
        {
            uint word = BinaryPrimitives.ReadUInt16LittleEndian(block[(2 + (2 * group))..]);
            SignedPoints.Write(Codebooks.Iq2Xs[(int)(word & 511)], SignedPoints.Even(word >> 9), Scale(scale, Nibble(block[66..], group / 2)), values.Slice(group * Group, Group));
        }
    }

    // Lower eight bits that name the points, then all signs, then the upper two bits, then scales.
    private static void DecodeS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int group = 0; group < Groups; group++)
        {
            int upper = (block[66 + (group / 4)] >> (group % 4 * 2)) & 3;
            SignedPoints.Write(Codebooks.Iq2S[block[2 + group] | (upper << 8)], block[34 + group], Scale(scale, Nibble(block[74..], group / 2)), values.Slice(group * Group, Group));
        }
    }

    private static float Scale(float scale, int four) => scale * (.5f + four) * .25f;

    private static int Nibble(ReadOnlySpan<byte> packed, int index) => (packed[index / 2] >> (index % 2 * 4)) & 15;
}
