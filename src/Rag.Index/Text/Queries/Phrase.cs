namespace Rag.Index.Text;

/// <summary>Terms that must stand at given distances from each other.</summary>
/// <param name="Terms">The terms, each with its place in the phrase; at least two places.</param>
internal sealed record Phrase(IReadOnlyList<(string Term, int Offset)> Terms);
