namespace Rag.Documents;

/// <summary>A half-open range of UTF-16 code units: <see cref="Start"/> is the first, <see cref="End"/> the one after the last.</summary>
/// <param name="Start">First code unit, from 0.</param>
/// <param name="End">One past the last code unit; never less than <paramref name="Start"/>.</param>
public readonly record struct TextRange(int Start, int End)
{
    /// <summary>Number of UTF-16 code units.</summary>
    public int Length => End - Start;

    /// <summary>Whether nothing lies in the range.</summary>
    public bool IsEmpty => End <= Start;

    /// <summary>Whether <paramref name="other"/> lies wholly inside this range.</summary>
    public bool Contains(TextRange other) => other.Start >= Start && other.End <= End;

    /// <summary>Whether the two ranges share at least one code unit.</summary>
    public bool Overlaps(TextRange other) => other.Start < End && Start < other.End;

    /// <summary>The characters of <paramref name="text"/> in this range.</summary>
    public ReadOnlySpan<char> Of(ReadOnlySpan<char> text) => text[Start..End];

    /// <inheritdoc/>
    public override string ToString() => $"{Start}..{End}";
}
