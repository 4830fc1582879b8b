namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>What a set begins with, in an order of its own, to find equal sets by.</summary>
internal sealed class ScanList : IEquatable<ScanList>
{
    private readonly int _hash;

    public ScanList(IEnumerable<EarleyScan> scans)
    {
        Scans = [.. scans];
        foreach (EarleyScan scan in Scans)
        {
            _hash ^= scan.GetHashCode();
        }
    }

    public HashSet<EarleyScan> Scans { get; }

    public bool Equals(ScanList? other) => other is not null && other._hash == _hash && other.Scans.SetEquals(Scans);

    public override bool Equals(object? obj) => Equals(obj as ScanList);

    public override int GetHashCode() => _hash;
}
