namespace Rag.Chunking;

/// <summary>The headings above a place and what they cost of the encoder's window.</summary>
/// <param name="Parts">The headings, outermost first.</param>
/// <param name="Tokens">Tokens of the path as it stands before an indexed text, line break included.</param>
internal sealed record HeadingPath(IReadOnlyList<string> Parts, int Tokens)
{
    /// <summary>No heading.</summary>
    public static HeadingPath Empty { get; } = new([], 0);

    /// <summary>Whether <paramref name="other"/> begins with this path.</summary>
    public bool IsAbove(HeadingPath other) => Parts.Count <= other.Parts.Count && Parts.SequenceEqual(other.Parts.Take(Parts.Count));
}
