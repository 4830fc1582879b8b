namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>A text that may be quoted.</summary>
/// <param name="Id">What it is called where a quote of it is found; no two sources of one constraint have the same.</param>
/// <param name="Text">The text, to the letter. Any string will do: a lone half of a surrogate pair is never quoted.</param>
public sealed record QuoteSource(string Id, string Text);
