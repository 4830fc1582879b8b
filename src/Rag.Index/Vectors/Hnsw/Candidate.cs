using System.Runtime.CompilerServices;

namespace Rag.Index.Vectors.Hnsw;

/// <summary>
/// A row with its score as one number that sorts the best first: the score's bits in the high half, so turned that a greater score
/// is a smaller number; the row in the low 31 bits; a mark between them.
/// </summary>
internal static class Candidate
{
    /// <summary>The mark: the row's neighbours were looked at.</summary>
    public const ulong Expanded = 1UL << 31;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Create(float score, int row)
    {
        uint bits = BitConverter.SingleToUInt32Bits(score);
        uint ascending = bits ^ ((uint)((int)bits >> 31) | 0x80000000);
        return ((ulong)~ascending << 32) | (uint)row;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Row(ulong candidate) => (int)(candidate & 0x7FFFFFFF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Score(ulong candidate)
    {
        uint ascending = ~(uint)(candidate >> 32);
        return BitConverter.UInt32BitsToSingle((int)ascending < 0 ? ascending & 0x7FFFFFFF : ~ascending);
    }
}
