namespace Rag.Runtime.Generation.Spans;

/// <summary>Which spans a <see cref="SpanExtractor"/> compares, and its limits.</summary>
public sealed class SpanExtractionOptions
{
    /// <summary>The most tokens of a span; 32 by default.</summary>
    public int MaxSpanTokens { get; set; } = 32;

    /// <summary>Whether spans begin and end where words do; true by default. Else where tokens do, between graphemes.</summary>
    public bool WholeWords { get; set; } = true;

    /// <summary>
    /// Whether a span is looked for both with and without a space before its first word; true by default: which of them a model writes depends on how its
    /// prompt ends. A span has the probability of the likelier one.
    /// </summary>
    public bool BothSpacings { get; set; } = true;

    /// <summary>
    /// Whether spans are compared by their log-probability divided by their tokens, the end included; false by default, as in the paper: the most
    /// probable span is the one of the highest probability, and short ones are in fact more probable.
    /// </summary>
    public bool LengthNormalized { get; set; }

    /// <summary>How many of the best spans are given; 1 by default. More take longer, since less can be left out.</summary>
    public int Count { get; set; } = 1;

    /// <summary>A text whose log-probability is given beside the spans'; null (default) for none.</summary>
    public string? Refusal { get; set; }

    /// <summary>The most sources; 1,000 by default.</summary>
    public int MaxSources { get; set; } = 1_000;

    /// <summary>The most UTF-16 code units of all sources together; 100,000 by default, for which some 20 MB of tokens are held.</summary>
    public int MaxSourceCharacters { get; set; } = 100_000;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSpanTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxSpanTokens, 1_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSources, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSourceCharacters, 1);
        if (Refusal is { Length: 0 or > 1000 })
        {
            throw new ArgumentException($"{nameof(Refusal)} must have 1 to 1,000 characters, or be null.", nameof(Refusal));
        }
    }
}
