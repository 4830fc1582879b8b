using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>
/// The state of the parser behind a byte: everything that may be read there (Earley, "An Efficient Context-Free Parsing
/// Algorithm", 1970). Sets with the same beginnings are one object, so that loops of a grammar are loops of states.
/// </summary>
internal sealed class EarleySet(EarleyParser parser, int number) : ConstraintState
{
    private readonly Dictionary<byte, EarleySet?> _next = [];

    /// <summary>Its number among the parser's sets.</summary>
    public int Number => number;

    /// <summary>The items that wait here for a rule.</summary>
    public Dictionary<int, List<EarleyItem>> Waiting { get; } = [];

    /// <summary>The languages that may go on here.</summary>
    public List<EarleyScan> Scans { get; } = [];

    /// <summary>Whether the start is complete here.</summary>
    public bool IsComplete { get; set; }

    public override bool CanEnd => IsComplete;

    public override ByteLanguage? Leaf => Scans is [var only] ? only.Language : null;

    public override ConstraintState? Next(byte value)
    {
        if (!_next.TryGetValue(value, out EarleySet? next))
        {
            next = _next[value] = parser.Scan(this, value);
        }

        return next;
    }
}
