using Rag.Answering;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;

namespace Rag.Citations;

/// <summary>
/// Holds citations against the documents as the index has them now, within the scope of the question. For one answer; remembers what it fetched.
/// </summary>
internal sealed class CitationVerifier(IChunkReader index)
{
    private readonly Dictionary<string, Document?> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredPassage?> _passages = new(StringComparer.Ordinal);

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

    /// <summary>The chunk in its document; null where the document is gone by now or reads otherwise there.</summary>
    public async ValueTask<StoredPassage?> GetPassageAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        if (!_passages.TryGetValue(chunk.Id, out StoredPassage? passage))
        {
            Document? document = await GetDocumentAsync(chunk.DocumentId, cancellationToken).ConfigureAwait(false);
            bool current = document is not null && chunk.Range.End <= document.Text.Length && chunk.Range.Of(document.Text).SequenceEqual(chunk.Text);
            passage = current ? new StoredPassage(chunk, document!) : null;
            _passages[chunk.Id] = passage;
        }

        return passage;
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
