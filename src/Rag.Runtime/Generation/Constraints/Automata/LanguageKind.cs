namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>How a <see cref="ByteLanguage"/> is put together.</summary>
internal enum LanguageKind
{
    /// <summary>No text at all.</summary>
    Empty,

    /// <summary>The empty text alone.</summary>
    Epsilon,

    /// <summary>One byte out of ranges, each followed by a language of its own.</summary>
    Switch,

    /// <summary>One language, then another.</summary>
    Concatenation,

    /// <summary>Any of several.</summary>
    Alternation,

    /// <summary>All of several at once.</summary>
    Intersection,

    /// <summary>Every byte string that is not in another.</summary>
    Complement,

    /// <summary>A language a number of times.</summary>
    Repetition,

    /// <summary>A state of an automaton written in code.</summary>
    Automaton,
}
