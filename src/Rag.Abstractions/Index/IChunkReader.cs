using Rag.Chunks;
using Rag.Documents;

namespace Rag.Index;

/// <summary>
/// Reads chunks within one <see cref="SearchScope"/>, and can reach nothing beyond it. What its principal may not read is exactly
/// as if it were not stored: no result, score, statistic, count or error tells whether it is. What its filter does not select is
/// left out just so, but for one thing: BM25's document frequencies and average length are those of everything that its principal
/// may read, so that a filter does not change scores. Access and metadata are those of the last commit at every call. Members are
/// safe for concurrent use.
/// </summary>
public interface IChunkReader
{
    /// <summary>What the index was built with, or null where nothing was ever stored.</summary>
    ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default);

    /// <summary>How many documents and chunks there are within the scope.</summary>
    ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>The chunks most similar to a vector by cosine; as many as asked for, where the scope holds that many.</summary>
    ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default);

    /// <summary>The chunks that match a text best by BM25; as many as asked for, where that many within the scope match.</summary>
    ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default);

    /// <summary>
    /// True scores of given chunks for a query, so that fusion can compare what only one side found; null where the store
    /// cannot compute them. NaN stands for a chunk that is not there.
    /// </summary>
    ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ScoreVectorAsync"/> for BM25; a chunk that is there without a matching term has 0.</summary>
    ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default);

    /// <summary>
    /// The chunks whose sparse vectors have the greatest dot product with a question's, each above 0; as many as asked for, where that
    /// many within the scope match. A chunk that shares no place with it counts 0 in <see cref="ChunkScores.StandardDeviation"/>.
    /// </summary>
    /// <exception cref="UnsupportedException">The store, or this index, keeps no sparse vectors.</exception>
    /// <exception cref="ArgumentException">The vector is none of the model's that the manifest names, or fewer than 1 are asked for.</exception>
    ValueTask<ChunkScores> SearchSparseAsync(SparseVector vector, int top, CancellationToken cancellationToken = default) =>
        ValueTask.FromException<ChunkScores>(new UnsupportedException("This store keeps no sparse vectors; search by words or by vectors."));

    /// <summary>As <see cref="ScoreVectorAsync"/> for the dot product of sparse vectors; a chunk that is there and does not match has 0.</summary>
    ValueTask<IReadOnlyList<float>?> ScoreSparseAsync(SparseVector vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<float>?>(null);

    /// <summary>
    /// How well given chunks answer a question by late interaction (<see cref="MultiVector.MaxSim(MultiVector)"/>), to order candidates that
    /// another search found; null where the store, or this index, keeps no token vectors. NaN stands for a chunk that is not there. A store
    /// may keep token vectors in less than single precision.
    /// </summary>
    /// <exception cref="ArgumentException">The vectors are none of the model's that the manifest names.</exception>
    ValueTask<IReadOnlyList<float>?> ScoreTokensAsync(MultiVector question, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<float>?>(null);

    /// <summary>The chunks with these ids, in the order asked; one that is not there is left out.</summary>
    ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default);

    /// <summary>A document's chunks in order; empty where there is none.</summary>
    ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>A document with its text, or null.</summary>
    ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>An escape hatch to what lies beneath, or null. A view that an index hands out gives nothing that reads beyond its scope.</summary>
    object? GetService(Type serviceType) => serviceType?.IsInstanceOfType(this) == true ? this : null;
}
