using Rag.Documents;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>A quote within a generated text, and where it stands in the sources, word for word.</summary>
/// <param name="SourceId">The <see cref="QuoteSource.Id"/> of the source that the text names with it, else of the first one, in the order in which they were given, that holds it.</param>
/// <param name="Range">Its first place there: <c>source.Text[Range] == Text</c>.</param>
/// <param name="Text">The quote, without its marks.</param>
/// <param name="Place">Where it stands in the generated text, without its marks.</param>
/// <param name="Occurrences">At how many places of all sources it could have been taken from.</param>
public sealed record FoundQuote(string SourceId, TextRange Range, string Text, TextRange Place, int Occurrences);
