using System.Numerics;

namespace Rag.Index.Text;

/// <summary>
/// A fingerprint of a set of postings in any order: how many there are and the sums of two hashes of each (its positions included), by which two sets are
/// compared without holding them.
/// </summary>
internal sealed class PostingsTotals : IEquatable<PostingsTotals>
{
    private long _count;
    private ulong _sum, _mixed;

    public void Add(ReadOnlySpan<byte> term, Posting posting, ReadOnlySpan<int> positions, bool counts)
    {
        if (!counts)
        {
            return;
        }

        // FNV-1a over the term, then the numbers.
        ulong hash = 14695981039346656037;
        foreach (byte value in term)
        {
            hash = (hash ^ value) * 1099511628211;
        }

        hash = (hash ^ (ulong)posting.Chunk) * 1099511628211;
        hash = (hash ^ (uint)posting.Frequency) * 1099511628211;
        hash = (hash ^ (uint)posting.Length) * 1099511628211;
        foreach (int position in positions)
        {
            hash = (hash ^ (uint)position) * 1099511628211;
        }

        _count++;
        _sum += hash;
        _mixed += BitOperations.RotateLeft(hash, 29) * 0x9E3779B97F4A7C15;
    }

    public bool Equals(PostingsTotals? other) => other is not null && (_count, _sum, _mixed) == (other._count, other._sum, other._mixed);

    public override bool Equals(object? obj) => Equals(obj as PostingsTotals);

    public override int GetHashCode() => _sum.GetHashCode();
}
