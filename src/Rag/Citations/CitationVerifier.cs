using Rag.Answering;
using Rag.Documents;
using Rag.Index;

namespace Rag.Citations;

/// <summary>
/// Holds citations against the documents as the index has them now. For one answer; remembers the documents that it fetched.
/// </summary>
internal sealed class CitationVerifier(IChunkIndex index)
{
    private readonly Dictionary<string, Document?> _documents = new(StringComparer.Ordinal);

    /// <summary>The document, or null where the index has none by now.</summary>
    public async ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken)
    {
        if (!_documents.TryGetValue(documentId, out Document? document))
        {
            document = await index.GetDocumentAsync(documentId, cancellationToken).ConfigureAwait(false);
            _documents[documentId] = document;
        }

        return document;
    }

    /// <summary>
    /// The citation with its range and page as the document has them: where the quote is no longer at its place but elsewhere,
    /// that place; null where the document does not hold it, word for word.
    /// </summary>
    public async ValueTask<Citation?> VerifyAsync(Citation citation, CancellationToken cancellationToken)
    {
        if (citation.Quote.Length == 0 || await GetDocumentAsync(citation.DocumentId, cancellationToken).ConfigureAwait(false) is not { } document)
        {
            return null;
        }

        TextRange range = citation.Range;
        bool inPlace = range.Start >= 0 && range.End <= document.Text.Length && range.Length == citation.Quote.Length
            && range.Of(document.Text).SequenceEqual(citation.Quote);
        if (!inPlace)
        {
            int found = document.Text.IndexOf(citation.Quote, StringComparison.Ordinal);
            if (found < 0)
            {
                return null;
            }

            range = new TextRange(found, found + citation.Quote.Length);
        }

        return citation with { Range = range, Page = document.PageAt(range.Start) };
    }
}
