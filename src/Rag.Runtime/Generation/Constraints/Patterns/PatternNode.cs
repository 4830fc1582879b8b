namespace Rag.Runtime.Generation.Constraints.Patterns;

/// <summary>A part of a pattern as it was read.</summary>
internal abstract record PatternNode
{
    /// <summary>Whether an anchor is within.</summary>
    public abstract bool HasAnchor { get; }

    /// <summary>One character out of a set.</summary>
    public sealed record Class(CodePointSet Set) : PatternNode
    {
        public override bool HasAnchor => false;
    }

    /// <summary>The beginning, or the end, of the text.</summary>
    public sealed record Anchor(bool IsStart) : PatternNode
    {
        public override bool HasAnchor => true;
    }

    /// <summary>Parts one after the other; none for the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode
    {
        public override bool HasAnchor { get; } = Parts.Any(part => part.HasAnchor);
    }

    /// <summary>One of several parts.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Parts) : PatternNode
    {
        public override bool HasAnchor { get; } = Parts.Any(part => part.HasAnchor);
    }

    /// <summary>A part a number of times; -1 for no upper limit.</summary>
    public sealed record Repetition(PatternNode Part, int Min, int Max) : PatternNode
    {
        public override bool HasAnchor { get; } = Part.HasAnchor;
    }
}
