using Rag.Citations;
using Rag.Documents;
using Rag.Prompting;

namespace Rag.Answering;

/// <summary>Turns quotes that a model was held to into citations.</summary>
internal static class BoundCitations
{
    /// <summary>
    /// The citations of the quotes, and those of the references that say something else. A quote that is referred to by the number of another source
    /// which holds it too is cited from that one. In order of the sources' numbers.
    /// </summary>
    public static async ValueTask<List<Citation>> AddAsync(
        IReadOnlyList<SourceQuote> quotes, List<Citation> referred, IReadOnlyList<PromptSource> sources, CitationVerifier verifier, int maxQuoteCharacters, CancellationToken cancellationToken)
    {
        List<Citation> citations = referred;
        foreach (SourceQuote quote in quotes)
        {
            if (quote.Source < 1 || quote.Source > sources.Count || quote.Range.Start < 0 || quote.Range.IsEmpty || quote.Range.End > sources[quote.Source - 1].Text.Length)
            {
                continue;
            }

            PromptSource source = sources[quote.Source - 1];
            TextRange shown = QuoteText.Shorten(source.Text, quote.Range, maxQuoteCharacters);
            TextRange range = new(source.Range.Start + shown.Start, source.Range.Start + shown.End);
            Citation citation = new(source.Retrieved.Chunk.DocumentId, null, range, shown.Of(source.Text).ToString(), quote.Source);
            if (!citations.Exists(known => known.Quote == citation.Quote || (known.DocumentId == citation.DocumentId && known.Range == range))
                && await verifier.VerifyAsync(citation, cancellationToken).ConfigureAwait(false) is { } verified)
            {
                citations.Add(verified);
            }
        }

        return [.. citations.OrderBy(citation => citation.Source).ThenBy(citation => citation.Range.Start)];
    }
}
