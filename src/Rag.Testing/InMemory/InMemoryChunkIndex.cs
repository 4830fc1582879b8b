using System.Collections.Immutable;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;

namespace Rag.Testing;

/// <summary>
/// An index in memory that answers every question by looking at everything: for tests, where it stands in a store's place or
/// says what a store should have answered. Slow by design, and nothing is kept. Members are safe for concurrent use.
/// </summary>
public sealed class InMemoryChunkIndex : IChunkIndex
{
    private readonly Lock _writing = new();
    private readonly MemoryView _open;
    private volatile MemoryState _state = new(null, ImmutableSortedDictionary.Create<string, MemoryDocument>(StringComparer.Ordinal));

    /// <summary>Creates an empty index.</summary>
    /// <param name="options">How it scores; the defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public InMemoryChunkIndex(InMemoryChunkIndexOptions? options = null)
    {
        Options = options ?? new();
        Options.Validate();
        _open = new(this, SearchScope.Public);
    }

    internal InMemoryChunkIndexOptions Options { get; }

    internal MemoryState State => _state;

    /// <inheritdoc/>
    public IChunkReader Within(SearchScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new MemoryView(this, scope);
    }

    /// <inheritdoc/>
    public ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        VectorKinds.Check(manifest);
        return Write(
            state =>
            {
                IndexManifest? stored = state.Manifest;
                bool differs = stored is not null && stored with { IsProtected = false } != manifest with { IsProtected = false };
                if (differs && !replace && !state.Documents.IsEmpty)
                {
                    throw new IncompatibleException($"The index was built with {stored}, not with {manifest}. Rebuild it, or use what it was built with.");
                }

                bool drops = differs && !state.Documents.IsEmpty;
                MemoryState next = new(manifest with { IsProtected = manifest.IsProtected || stored?.IsProtected == true }, differs ? state.Documents.Clear() : state.Documents);
                return (next, drops);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) => cancellationToken.IsCancellationRequested
        ? ValueTask.FromCanceled<IReadOnlyDictionary<string, DocumentStamp>>(cancellationToken)
        : new(_state.Documents.ToDictionary(
            pair => pair.Key, pair => Stamp(pair.Value.Indexed), StringComparer.Ordinal));

    /// <inheritdoc/>
    public async ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        _ = await Write(
            state =>
            {
                Check(document, state);
                IndexedDocument kept = document with { Document = document.Document with { Access = Ordered(document.Document.Access) } };
                MemoryDocument stored = new(kept, [.. document.Chunks.Select(chunk => Options.Terms(chunk.IndexedText))]);
                return (state with { Documents = state.Documents.SetItem(document.Document.Id, stored) }, true);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> UpdateAsync(string documentId, DocumentAttributes attributes, string? fingerprint = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        ArgumentNullException.ThrowIfNull(attributes);
        AccessRules.Check(attributes.Access);
        return Write(
            state =>
            {
                if (!state.Documents.TryGetValue(documentId, out MemoryDocument? stored))
                {
                    return (state, false);
                }

                Document document = stored.Indexed.Document with { Metadata = attributes.Metadata, Access = Ordered(attributes.Access) };
                IndexedDocument indexed = stored.Indexed with { Document = document, Fingerprint = fingerprint ?? stored.Indexed.Fingerprint };
                return (state with { Documents = state.Documents.SetItem(documentId, stored with { Indexed = indexed }) }, true);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<float>?>> FindVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<IReadOnlyList<ReadOnlyMemory<float>?>>(cancellationToken);
        }

        MemoryChunk[] stored = [.. _state.Documents.Values.SelectMany(document => document.Chunks).Where(chunk => !chunk.Vector.IsEmpty)];
        return new([.. chunks.Select(chunk => Array.Find(stored, other => other.Chunk.IndexedText == chunk.IndexedText)?.Vector)]);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Write(state => (state with { Documents = state.Documents.Remove(documentId) }, state.Documents.ContainsKey(documentId)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) => _open.GetManifestAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default) => _open.CountAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default) =>
        _open.SearchVectorAsync(vector, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default) => _open.SearchTextAsync(text, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreVectorAsync(vector, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreTextAsync(text, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchSparseAsync(SparseVector vector, int top, CancellationToken cancellationToken = default) => _open.SearchSparseAsync(vector, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreSparseAsync(SparseVector vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreSparseAsync(vector, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreTokensAsync(MultiVector question, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreTokensAsync(question, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.GetChunksAsync(chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default) =>
        _open.GetDocumentChunksAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default) => _open.GetDocumentAsync(documentId, cancellationToken);

    /// <summary>Does nothing: there is nothing to close.</summary>
    public ValueTask DisposeAsync() => default;

    private static DocumentStamp Stamp(IndexedDocument indexed) => new(indexed.Document.ContentHash, indexed.Fingerprint, indexed.Chunks.Count) { Access = indexed.Document.Access };

    private static string[] Ordered(IReadOnlyList<string> access) => [.. access.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static void Check(IndexedDocument indexed, MemoryState state)
    {
        IndexManifest manifest = state.Manifest ?? throw new InvalidOperationException("Call SetManifestAsync before the first document: the index must know what its content is made with.");
        string id = indexed.Document.Id;
        AccessRules.Check(indexed.Document.Access);
        if ((manifest.Embedding is null ? 0 : indexed.Chunks.Count) != (indexed.Vectors?.Count ?? 0))
        {
            throw new ArgumentException($"There are {indexed.Chunks.Count} chunks but {indexed.Vectors?.Count ?? 0} vectors; document {id} is not stored.", nameof(indexed));
        }

        VectorKinds.Check(manifest, indexed);
        HashSet<string> others = [.. state.Documents.Values.Where(other => other.Indexed.Document.Id != id).SelectMany(other => other.Indexed.Chunks).Select(chunk => chunk.Id)];
        for (int i = 0; i < indexed.Chunks.Count; i++)
        {
            Chunk chunk = indexed.Chunks[i];
            if (chunk.DocumentId != id || !others.Add(chunk.Id) || !indexed.Document.Text.AsSpan(chunk.Range.Start..chunk.Range.End).SequenceEqual(chunk.Text))
            {
                throw new ArgumentException($"Chunk {chunk.Id} does not fit; document {id} is not stored.", nameof(indexed));
            }

            if (manifest.Embedding is { } embedding && MemoryScores.Fault(indexed.Vectors![i].Span, embedding.Dimensions) is { } fault)
            {
                throw new ArgumentException($"The vector of chunk {chunk.Id} {fault}; document {id} is not stored.", nameof(indexed));
            }
        }
    }

    private ValueTask<bool> Write(Func<MemoryState, (MemoryState State, bool Result)> write, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        try
        {
            lock (_writing)
            {
                (_state, bool result) = write(_state);
                return new(result);
            }
        }
        catch (Exception error)
        {
            return ValueTask.FromException<bool>(error);
        }
    }
}
