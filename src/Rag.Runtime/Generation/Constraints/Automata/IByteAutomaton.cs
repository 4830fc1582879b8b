namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>A finite automaton over bytes whose states are computed, for what regular expressions say badly, such as multiples of a number.</summary>
internal interface IByteAutomaton
{
    /// <summary>The bytes at which it changes what it does.</summary>
    ByteBoundaries Boundaries { get; }

    /// <summary>The state behind a byte, or -1.</summary>
    int Next(int state, byte value);

    /// <summary>Whether a text may end in a state.</summary>
    bool Accepts(int state);
}
