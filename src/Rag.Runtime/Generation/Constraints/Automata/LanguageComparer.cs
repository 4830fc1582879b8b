namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>Equality of structure: same kind, same numbers, same parts.</summary>
internal sealed class LanguageComparer : IEqualityComparer<ByteLanguage>
{
    public bool Equals(ByteLanguage? x, ByteLanguage? y) =>
        ReferenceEquals(x, y)
        || (x is not null && y is not null && x.Kind == y.Kind && x.Min == y.Min && x.Max == y.Max && ReferenceEquals(x.Automaton, y.Automaton)
            && x.Ranges.AsSpan().SequenceEqual(y.Ranges) && x.Parts.AsSpan().SequenceEqual(y.Parts));

    public int GetHashCode(ByteLanguage obj)
    {
        HashCode hash = default;
        hash.Add(obj.Kind);
        hash.Add(obj.Min);
        hash.Add(obj.Max);
        hash.AddBytes(obj.Ranges);
        foreach (ByteLanguage part in obj.Parts)
        {
            hash.Add(part.Id);
        }

        return hash.ToHashCode();
    }
}
