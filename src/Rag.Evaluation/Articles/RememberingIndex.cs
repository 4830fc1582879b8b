using System.Collections.Concurrent;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;

namespace Rag.Evaluation.Articles;

/// <summary>
/// An index that remembers what was stored through it, so that a document can be taken out for a while and put back exactly as
/// it was. Holds every document in memory; made for a measurement. Does not own the inner index.
/// </summary>
public sealed class RememberingIndex : IChunkIndex
{
    private readonly IChunkIndex _inner;
    private readonly ConcurrentDictionary<string, IndexedDocument> _stored = new(StringComparer.Ordinal);

    /// <summary>Wraps an index that is empty or of which nothing is to be taken out but what is stored from now on.</summary>
    public RememberingIndex(IChunkIndex inner) => _inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <summary>Does some work while a document is not in the index. It is put back whatever comes of the work, cancellation too.</summary>
    /// <param name="documentId">A document that was stored through this object.</param>
    /// <param name="work">What to do meanwhile; no other work may expect the document then.</param>
    /// <param name="cancellationToken">Ends waiting for the removal; handed to nothing else.</param>
    /// <exception cref="ArgumentException">The document was not stored through this object.</exception>
    public async Task WithoutAsync(string documentId, Func<Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(documentId);
        ArgumentNullException.ThrowIfNull(work);
        if (!_stored.TryGetValue(documentId, out IndexedDocument? document))
        {
            throw new ArgumentException($"'{documentId}' was not stored through this index.", nameof(documentId));
        }

        try
        {
            await _inner.DeleteAsync(documentId, cancellationToken).ConfigureAwait(false);
            await work().ConfigureAwait(false);
        }
        finally
        {
            await _inner.UpsertAsync(document, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        await _inner.UpsertAsync(document, cancellationToken).ConfigureAwait(false);
        _stored[document.Document.Id] = document;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> UpdateAsync(
        string documentId, DocumentAttributes attributes, string? fingerprint = null, CancellationToken cancellationToken = default)
    {
        bool updated = await _inner.UpdateAsync(documentId, attributes, fingerprint, cancellationToken).ConfigureAwait(false);
        if (updated && _stored.TryGetValue(documentId, out IndexedDocument? stored))
        {
            Document document = stored.Document with { Metadata = attributes.Metadata, Access = attributes.Access };
            _stored[documentId] = stored with { Document = document, Fingerprint = fingerprint ?? stored.Fingerprint };
        }

        return updated;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        bool deleted = await _inner.DeleteAsync(documentId, cancellationToken).ConfigureAwait(false);
        _stored.TryRemove(documentId, out _);
        return deleted;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<float>?>> FindVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default) =>
        _inner.FindVectorsAsync(chunks, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask UpsertManyAsync(IReadOnlyList<IndexedDocument> documents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        await _inner.UpsertManyAsync(documents, cancellationToken).ConfigureAwait(false);
        foreach (IndexedDocument document in documents)
        {
            _stored[document.Document.Id] = document;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> DeleteManyAsync(IReadOnlyList<string> documentIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentIds);
        int removed = await _inner.DeleteManyAsync(documentIds, cancellationToken).ConfigureAwait(false);
        foreach (string id in documentIds)
        {
            _stored.TryRemove(id, out _);
        }

        return removed;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default)
    {
        bool dropped = await _inner.SetManifestAsync(manifest, replace, cancellationToken).ConfigureAwait(false);
        if (dropped)
        {
            _stored.Clear();
        }

        return dropped;
    }

    /// <inheritdoc/>
    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) => _inner.GetManifestAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default) => _inner.CountAsync(cancellationToken);

    /// <inheritdoc/>
    public IChunkReader Within(SearchScope scope) => _inner.Within(scope);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) =>
        _inner.GetDocumentStampsAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default) =>
        _inner.SearchVectorAsync(vector, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default) =>
        _inner.SearchTextAsync(text, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(
        ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _inner.ScoreVectorAsync(vector, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _inner.ScoreTextAsync(text, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchSparseAsync(SparseVector vector, int top, CancellationToken cancellationToken = default) => _inner.SearchSparseAsync(vector, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreSparseAsync(SparseVector vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _inner.ScoreSparseAsync(vector, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreTokensAsync(MultiVector question, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _inner.ScoreTokensAsync(question, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SparseVector?>> FindSparseVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default) =>
        _inner.FindSparseVectorsAsync(chunks, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MultiVector?>> FindTokenVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default) =>
        _inner.FindTokenVectorsAsync(chunks, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _inner.GetChunksAsync(chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default) =>
        _inner.GetDocumentChunksAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default) =>
        _inner.GetDocumentAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType) => serviceType?.IsInstanceOfType(this) == true ? this : _inner.GetService(serviceType!);

    /// <summary>Does nothing: the inner index belongs to the caller.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
