using Rag.Chunks;
using Rag.Documents;

namespace Rag.Index;

/// <summary>
/// Where chunks live. Upserts and deletes are atomic per document: a reader sees a document wholly as it was or wholly as it
/// is, and when the call returns it is durable. Members are safe for concurrent use; a store may allow one writer at a time.
/// </summary>
public interface IChunkIndex : IAsyncDisposable
{
    /// <summary>What the index was built with, or null where nothing was ever stored.</summary>
    ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Declares what the coming content is made with. On an empty index it is written; on another it must agree.
    /// </summary>
    /// <param name="manifest">What the caller's embedder, chunker and analyzer are.</param>
    /// <param name="replace">Drop everything stored, in one transaction, where the manifest differs, instead of refusing.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Whether stored content was dropped.</returns>
    /// <exception cref="IncompatibleException">The index was built with something else and <paramref name="replace"/> is false.</exception>
    ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default);

    /// <summary>Every stored document with what tells whether it changed.</summary>
    ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default);

    /// <summary>Stores a document in place of whatever was stored under its id. Idempotent.</summary>
    /// <exception cref="ArgumentException">A vector has a wrong length or a value that is not finite; names the chunk.</exception>
    ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores several documents, each in place of whatever was stored under its id; in one transaction where the store can, which
    /// costs one wait for the disk instead of one each. Every document is whole or as it was, also where the call fails.
    /// </summary>
    /// <exception cref="ArgumentException">As for one document, or an id comes twice.</exception>
    async ValueTask UpsertManyAsync(IReadOnlyList<IndexedDocument> documents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        foreach (IndexedDocument document in documents)
        {
            await UpsertAsync(document, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The vectors of stored chunks whose <see cref="Chunk.IndexedText"/> is that of the given ones, whatever document they belong
    /// to: what the manifest's model gave for this text once need not be computed again.
    /// </summary>
    /// <returns>For each given chunk a vector fit to be stored again unchanged, or null.</returns>
    ValueTask<IReadOnlyList<ReadOnlyMemory<float>?>> FindVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return ValueTask.FromResult<IReadOnlyList<ReadOnlyMemory<float>?>>(new ReadOnlyMemory<float>?[chunks.Count]);
    }

    /// <summary>Removes a document: text, chunks, vectors, postings.</summary>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Removes several documents; in one transaction where the store can.</summary>
    /// <returns>How many there were.</returns>
    async ValueTask<int> DeleteManyAsync(IReadOnlyList<string> documentIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentIds);
        int removed = 0;
        foreach (string id in documentIds)
        {
            removed += await DeleteAsync(id, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        return removed;
    }

    /// <summary>The chunks most similar to a vector by cosine.</summary>
    ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default);

    /// <summary>The chunks that match a text best by BM25.</summary>
    ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default);

    /// <summary>
    /// True scores of given chunks for a query, so that fusion can compare what only one side found; null where the store
    /// cannot compute them. NaN stands for a chunk that is not stored.
    /// </summary>
    ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="ScoreVectorAsync"/> for BM25; a stored chunk without a matching term has 0.</summary>
    ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default);

    /// <summary>The chunks with these ids, in the order asked; one that is gone by now is left out.</summary>
    ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default);

    /// <summary>A stored document's chunks in order; empty where there is none.</summary>
    ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>A stored document with its text, or null.</summary>
    ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>An escape hatch to what lies beneath, or null.</summary>
    object? GetService(Type serviceType) => serviceType?.IsInstanceOfType(this) == true ? this : null;
}
