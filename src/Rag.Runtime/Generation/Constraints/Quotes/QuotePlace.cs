namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>Where a text stands, whole: texts at equal places have the same future.</summary>
internal readonly record struct QuotePlace
{
    public QuotePart Part { get; init; }

    /// <summary>Quotes that were closed.</summary>
    public int Quotes { get; init; }

    /// <summary>How much of the refusal this is so far; -1 for no beginning of it.</summary>
    public int Refused { get; init; }

    /// <summary>Of free text its automaton's state, of a separator the bytes that were read, of a quote those of the closing mark.</summary>
    public int Progress { get; init; }

    /// <summary>
    /// Of a quote: the places that go on with all that was read, what may be the beginning of a closing mark included; empty for none. Of a reference: the
    /// references that go on.
    /// </summary>
    public QuoteRange Range { get; init; }

    /// <summary>Of a quote with some of a closing mark: the quote before the mark; empty where it may not end there. Of a reference: the quote.</summary>
    public QuoteRange Closing { get; init; }
}
