using System.Text.RegularExpressions;
using Rag.Citations;
using Rag.Documents;
using Rag.Prompting;

namespace Rag.Answering;

/// <summary>Turns the references in a model's answer into citations with verified quotes.</summary>
internal static class ModelCitations
{
    /// <summary>
    /// One citation per source and quote, in order of the sources' numbers. A reference whose source holds nothing that bears
    /// the statement out, or whose quote the index does not have word for word, gives none.
    /// </summary>
    public static async ValueTask<List<Citation>> FindAsync(
        string answer, string question, IReadOnlyList<PromptSource> sources, CitationVerifier verifier, int maxQuoteCharacters, CancellationToken cancellationToken)
    {
        Dictionary<(string Document, TextRange Range), Citation> citations = [];
        foreach ((string statement, int number) in Statements(answer))
        {
            if (number < 1 || number > sources.Count)
            {
                continue;
            }

            PromptSource source = sources[number - 1];
            Document? document = await verifier.GetDocumentAsync(source.Retrieved.Chunk.DocumentId, cancellationToken).ConfigureAwait(false);
            bool current = document is not null && source.Range.End <= document.Text.Length && source.Range.Of(document.Text).SequenceEqual(source.Text);
            if (!current || QuoteSelector.Select(statement, question, source.Retrieved.Chunk, source.Range, document!) is not { } range)
            {
                continue;
            }

            range = QuoteText.Shorten(document!.Text, range, maxQuoteCharacters);
            Citation citation = new(document.Id, null, range, document.Text[range.Start..range.End], number);
            if (await verifier.VerifyAsync(citation, cancellationToken).ConfigureAwait(false) is { } verified)
            {
                citations.TryAdd((document.Id, range), verified);
            }
        }

        return [.. citations.Values.OrderBy(citation => citation.Source).ThenBy(citation => citation.Range.Start)];
    }

    /// <summary>Each reference with the sentence it stands in, behind, or, at the very beginning, before.</summary>
    private static IEnumerable<(string Statement, int Number)> Statements(string answer)
    {
        int end = 0;
        string statement = "";
        foreach (Match reference in References.Find(answer))
        {
            string segment = QuoteSelector.LastSentence(answer[end..reference.Index]);
            if (segment.Any(char.IsLetterOrDigit))
            {
                statement = segment;
            }
            else if (statement.Length == 0)
            {
                string rest = References.Remove(answer[reference.Index..]).Trim();
                TextRange first = Chunking.SentenceSplitter.Split(rest, new TextRange(0, rest.Length)).FirstOrDefault();
                statement = rest[first.Start..first.End];
            }

            end = reference.Index + reference.Length;
            foreach (int number in References.NumbersOf(reference))
            {
                yield return (statement, number);
            }
        }
    }
}
