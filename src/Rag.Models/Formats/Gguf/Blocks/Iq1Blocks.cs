using System.Buffers.Binary;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// IQ1_S and IQ1_M: 256 values as 32 points of eight from {-1, 0, 1}, all shifted by an eighth up or down, with a scale of three
/// bits for 32 values (S) or 16 (M): d (2 s + 1).
/// </summary>
internal static class Iq1Blocks
{
    private const int Group = 8;
    private const int Groups = KQuants.Values / Group;
    private const float Shift = .125f;

    public static readonly BlockFormat[] Formats =
    [
        new(19, "IQ1_S", KQuants.Values, 50, DecodeS, new WordField(0), new WordField(34, 8)),
        new(29, "IQ1_M", KQuants.Values, 56, DecodeM, new WordField(48, 4)),
    ];

    // Lower eight bits that name the points; then for 32 values four times the upper three bits, the scale and the shift.
    private static void DecodeS(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = BlockFormat.Half(block, 0);
        for (int group = 0; group < Groups; group++)
        {
            int word = BinaryPrimitives.ReadUInt16LittleEndian(block[(34 + (group / 4 * 2))..]);
            int upper = (word >> (group % 4 * 3)) & 7;
            Write(block[2 + group] | (upper << 8), (word >> 15) & 1, scale * ((2 * ((word >> 12) & 7)) + 1), values.Slice(group * Group, Group));
        }
    }

    // Lower eight bits that name the points, then four bits each: the upper three and the shift; then four words, each of four
    // scales below four bits of d.
    private static void DecodeM(ReadOnlySpan<byte> block, Span<float> values)
    {
        ReadOnlySpan<byte> words = block[48..];
        int bits = 0;
        for (int i = 0; i < 4; i++)
        {
            bits |= BinaryPrimitives.ReadUInt16LittleEndian(words[(2 * i)..]) >> 12 << (4 * i);
        }

        float scale = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
        for (int group = 0; group < Groups; group++)
        {
            int upper = (block[32 + (group / 2)] >> (group % 2 * 4)) & 15;
            int own = (BinaryPrimitives.ReadUInt16LittleEndian(words[(group / 8 * 2)..]) >> (group % 8 / 2 * 3)) & 7;
            Write(block[group] | ((upper & 7) << 8), upper >> 3, scale * ((2 * own) + 1), values.Slice(group * Group, Group));
        }
    }

    private static void Write(int index, int down, float scale, Span<float> values)
    {
        ReadOnlySpan<sbyte> point = Codebooks.Iq1[index];
        float shift = down == 0 ? Shift : -Shift;
        for (int i = 0; i < Group; i++)
        {
            values[i] = scale * (point[i] + shift);
        }
    }
}
