namespace Rag.Answering;

/// <summary>Finds the quotes in what a model wrote under a <see cref="QuoteBinding"/>.</summary>
/// <param name="text">The model's words, as it wrote them; they may break off.</param>
/// <returns>The quotes, in the order of the text.</returns>
public delegate IReadOnlyList<SourceQuote> QuoteFinder(string text);
