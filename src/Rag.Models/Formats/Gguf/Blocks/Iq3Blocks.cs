using System.Buffers.Binary;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// IQ3_XXS and IQ3_S: 256 values as 64 points of four from a codebook, with signs, and a scale of four bits for 32 values:
/// d (s + 1/2) / 2, in IQ3_S d (2 s + 1).
/// </summary>
internal static class Iq3Blocks
{
    private const int Group = 4;
    private const int Groups = KQuants.Values / Group;

    public static readonly BlockFormat[] Formats =
    [
        new(18, "IQ3_XXS", KQuants.Values, 98, DecodeXxs, new WordField(0)),
        new(21, "IQ3_S", KQuants.Values, 110, DecodeS, new WordField(0)),
    ];

    // 64 bytes that name points, then for 32 values four times seven bits of signs and the scale.
    private static void DecodeXxs(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int group = 0; group < Groups; group++)
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(block[(66 + (group / 8 * 4))..]);
            int signs = SignedPoints.Even(bits >> (7 * (group % 8 / 2)));
            SignedPoints.Write(Codebooks.Iq3Xxs[block[2 + group]], Of(signs, group), scale * (.5f + (bits >> 28)) * .5f, values.Slice(group * Group, Group));
        }
    }

    // Lower eight bits that name the points, then the ninth of each, then signs, then scales.
    private static void DecodeS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int group = 0; group < Groups; group++)
        {
            int ninth = (block[66 + (group / 8)] >> (group % 8)) & 1;
            int own = (block[106 + (group / 16)] >> (group / 8 % 2 * 4)) & 15;
            SignedPoints.Write(Codebooks.Iq3S[block[2 + group] | (ninth << 8)], Of(block[74 + (group / 2)], group), scale * (1 + (2 * own)), values.Slice(group * Group, Group));
        }
    }

    // Eight signs serve two points.
    private static int Of(int signs, int group) => signs >> (group % 2 * Group);
}
