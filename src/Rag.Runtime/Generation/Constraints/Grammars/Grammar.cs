namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>A context-free grammar over regular languages. Every production can be completed.</summary>
/// <param name="Productions">The productions of each rule.</param>
/// <param name="Nullable">Whether each rule has the empty text.</param>
/// <param name="Start">The rule that texts are of.</param>
internal sealed record Grammar(IReadOnlyList<Production[]> Productions, bool[] Nullable, int Start);
