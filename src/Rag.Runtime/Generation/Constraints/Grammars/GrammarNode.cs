using Rag.Runtime.Generation.Constraints.Patterns;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>A part of a grammar's rule as it was read, whichever the dialect.</summary>
internal abstract record GrammarNode
{
    /// <summary>Text that a pattern matches as a whole.</summary>
    public sealed record Pattern(PatternNode Node) : GrammarNode;

    /// <summary>Another rule.</summary>
    public sealed record Rule(string Name) : GrammarNode;

    /// <summary>Parts one after the other; none for the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<GrammarNode> Parts) : GrammarNode;

    /// <summary>One of several parts.</summary>
    public sealed record Choice(IReadOnlyList<GrammarNode> Parts) : GrammarNode;

    /// <summary>A part a number of times; -1 for no upper limit.</summary>
    public sealed record Repetition(GrammarNode Part, int Min, int Max) : GrammarNode;
}
