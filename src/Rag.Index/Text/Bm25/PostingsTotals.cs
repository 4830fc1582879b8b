namespace Rag.Index.Text;

/// <summary>
/// A fingerprint of a set of postings in any order: how many there are and the sums of two hashes of each and of a hash of its
/// positions, by which two sets are compared without holding them.
/// </summary>
internal sealed class PostingsTotals : IEquatable<PostingsTotals>
{
    // FNV-1a.
    private const ulong Offset = 14695981039346656037, Prime = 1099511628211;

    private long _count;
    private ulong _sum, _mixed, _positions;

    public void Add(ReadOnlySpan<byte> term, Posting posting)
    {
        ulong hash = Hash(term);
        hash = (hash ^ (ulong)posting.Chunk) * Prime;
        hash = (hash ^ (uint)posting.Frequency) * Prime;
        hash = (hash ^ (uint)posting.Length) * Prime;
        _count++;
        _sum += hash;
        _mixed += Mix(hash);
    }

    /// <summary>Adds the hash of a posting's positions, or the sum of several.</summary>
    public void AddPositions(ulong hash) => _positions += hash;

    /// <summary>A hash of where a term stands.</summary>
    public static ulong HashPositions(ReadOnlySpan<byte> term, long chunk, ReadOnlySpan<int> positions)
    {
        ulong hash = (Hash(term) ^ (ulong)chunk) * Prime;
        foreach (int position in positions)
        {
            hash = (hash ^ (uint)position) * Prime;
        }

        return Mix(hash);
    }

    public bool Equals(PostingsTotals? other) =>
        other is not null && (_count, _sum, _mixed, _positions) == (other._count, other._sum, other._mixed, other._positions);

    public override bool Equals(object? obj) => Equals(obj as PostingsTotals);

    public override int GetHashCode() => _sum.GetHashCode();

    private static ulong Hash(ReadOnlySpan<byte> term)
    {
        ulong hash = Offset;
        foreach (byte value in term)
        {
            hash = (hash ^ value) * Prime;
        }

        return hash;
    }

    // The finalizer of SplitMix64 (Steele et al. 2014): sums of what FNV-1a leaves would forgive positions that change places.
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
