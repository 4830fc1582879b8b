using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Filters;
using Rag.Index.Storage;
using Rag.Index.Text;
using Rag.Index.Vectors;

namespace Rag.Index.Reading;

/// <summary>What a <see cref="SqliteChunkIndex"/> shows within one scope. Every read asks anew, of its own commit, what the scope means.</summary>
internal sealed class ScopedReader(IndexReads reads, SearchScope scope) : IChunkReader
{
    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) =>
        reads.Run((_, state) => Manifests.Read(state.Manifest, reads.Files.Database), cancellationToken);

    public ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default) => Run(query => query.Set.Counts, cancellationToken);

    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Run(
            query => VectorQuery.Create(vector.Span, query.State, reads.Vectors, query.Connection) is not { } dense
                ? query.State.Manifest is null ? new ChunkScores([], [], 0) : throw new InvalidOperationException($"The index {reads.Files.Folder} is text-only: it holds no vectors.")
                : dense.Search(top, query.Set.Rows(dense.Matrix), query.IdOf, cancellationToken),
            cancellationToken);
    }

    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Run(query => TextSearch(query).Search(text, top, query.IdOf, cancellationToken), cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Run<IReadOnlyList<float>?>(
            query => VectorQuery.Create(vector.Span, query.State, reads.Vectors, query.Connection)?.Score(query.Keys(chunkIds)), cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Run<IReadOnlyList<float>?>(query => TextSearch(query).Score(text, query.Keys(chunkIds), cancellationToken), cancellationToken);
    }

    public ValueTask<ChunkScores> SearchSparseAsync(SparseVector vector, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Run(
            query => SparseSearch.Create(vector, query.Connection, query.State, query.Set) is { } sparse ? sparse.Search(top, query.IdOf, cancellationToken)
                : query.State.Manifest is null ? new ChunkScores([], [], 0)
                : throw new UnsupportedException($"The index {reads.Files.Folder} holds no sparse vectors. Ingest again from scratch with a model that makes them, or search by words or by vectors.", reads.Files.Folder),
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreSparseAsync(SparseVector vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Run<IReadOnlyList<float>?>(query => SparseSearch.Create(vector, query.Connection, query.State, query.Set)?.Score(query.Keys(chunkIds), cancellationToken), cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreTokensAsync(MultiVector question, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Run<IReadOnlyList<float>?>(query => TokenScoring.Create(question, query.Connection, query.State)?.Score(query.Keys(chunkIds), cancellationToken), cancellationToken);
    }

    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Run<IReadOnlyList<Chunk>>(query => [.. chunkIds.Where(query.Holds).Select(query.Documents.ReadChunk).OfType<Chunk>()], cancellationToken);
    }

    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Run<IReadOnlyList<Chunk>>(query => query.Find(documentId) is { } place ? query.Documents.ReadChunks(place) : [], cancellationToken);
    }

    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Run(query => query.Find(documentId) is null ? null : query.Documents.Read(documentId), cancellationToken);
    }

    /// <summary>Hands out itself and the analyzer; not the index, which reads for others too.</summary>
    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(this) ? this : serviceType.IsInstanceOfType(reads.Options.Analyzer) ? reads.Options.Analyzer : null;
    }

    private Bm25Search TextSearch(Query query)
    {
        reads.RequireAnalyzer(query.State);
        return new(query.Connection, query.State, query.Set, reads.Waiting, reads.Options);
    }

    private ValueTask<T> Run<T>(Func<Query, T> read, CancellationToken cancellationToken) =>
        reads.Run((connection, state) => read(new(connection, state, reads.Names, reads.Scopes.Get(scope, connection, state))), cancellationToken);

    /// <summary>One read: its commit, and what the scope means there.</summary>
    private sealed class Query(IndexConnection connection, IndexState state, ChunkNames names, ScopeSet set)
    {
        public IndexConnection Connection => connection;

        public IndexState State => state;

        public ScopeSet Set => set;

        public DocumentStore Documents { get; } = new(connection);

        /// <summary>Where a document within the scope is, or null.</summary>
        public StoredDocument? Find(string documentId) => Documents.Find(documentId) is { } place && set.HasDocument(place.Key) ? place : null;

        /// <summary>Whether a chunk is within the scope.</summary>
        public bool Holds(string chunkId) => set.Chunks is null || Key(chunkId) is not null;

        /// <summary>The keys of chunks; null for one that is not within the scope.</summary>
        public List<long?> Keys(IReadOnlyList<string> chunkIds) => [.. chunkIds.Select(Key)];

        /// <summary>The id of the chunk with this key.</summary>
        public string IdOf(long key) => names.IdOf(key, Documents);

        private long? Key(string chunkId) => names.KeyOf(chunkId, state, Documents) is { } key && set.HasChunk(key) ? key : null;
    }
}
