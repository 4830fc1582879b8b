using Rag.Chunks;
using Rag.Documents;

namespace Rag.Index;

/// <summary>
/// Where ingestion puts chunks. It is the owner's side: it sees every document, whatever access says. Changes are atomic per
/// document, and durable when the call returns. Members are safe for concurrent use; a store may allow one writer at a time.
/// </summary>
public interface IChunkWriter
{
    /// <summary>
    /// Declares what the coming content is made with. On an empty index it is written; on another it must agree, but for
    /// <see cref="IndexManifest.IsProtected"/>, which is added where it comes new and stays where it was.
    /// </summary>
    /// <param name="manifest">What the caller's embedder, chunker and analyzer are.</param>
    /// <param name="replace">Drop everything stored, in one transaction, where the manifest differs, instead of refusing.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Whether stored content was dropped.</returns>
    /// <exception cref="IncompatibleException">The index was built with something else and <paramref name="replace"/> is false.</exception>
    /// <exception cref="UnsupportedException">The manifest names a model of a kind of vectors that the store cannot keep.</exception>
    ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default);

    /// <summary>Every stored document with what tells whether it changed.</summary>
    ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default);

    /// <summary>Stores a document in place of whatever was stored under its id. Idempotent.</summary>
    /// <exception cref="ArgumentException">A vector has a wrong length or a value that is not finite; names the chunk.</exception>
    ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives a stored document other attributes: text, chunks and vectors stay. The next question sees it.
    /// </summary>
    /// <param name="documentId">The document.</param>
    /// <param name="attributes">What its metadata and access are from now on, whole.</param>
    /// <param name="fingerprint">See <see cref="IndexedDocument.Fingerprint"/>; null to leave it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Whether there was such a document.</returns>
    /// <exception cref="ArgumentException">An entry of the access may not be used.</exception>
    ValueTask<bool> UpdateAsync(string documentId, DocumentAttributes attributes, string? fingerprint = null, CancellationToken cancellationToken = default);

    /// <summary>Removes a document: text, chunks, vectors, postings.</summary>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores several documents, each in place of whatever was stored under its id; in one transaction where the store can, which
    /// costs one wait for the disk instead of one each. Every document is whole or as it was, also where the call fails.
    /// </summary>
    /// <exception cref="ArgumentException">As for one document, or an id comes twice.</exception>
    async ValueTask UpsertManyAsync(IReadOnlyList<IndexedDocument> documents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        cancellationToken.ThrowIfCancellationRequested();
        HashSet<string> ids = new(StringComparer.Ordinal);
        if (documents.FirstOrDefault(document => !ids.Add(document.Document.Id)) is { } twice)
        {
            throw new ArgumentException($"Document {twice.Document.Id} comes twice; none is stored.", nameof(documents));
        }

        foreach (IndexedDocument document in documents)
        {
            await UpsertAsync(document, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The vectors of stored chunks whose <see cref="Chunk.IndexedText"/> is that of the given ones, whatever document they belong
    /// to, and whoever may read it: what the manifest's model gave for this text once need not be computed again. A store overrides
    /// what stands here, which finds none.
    /// </summary>
    /// <returns>For each given chunk a vector fit to be stored again unchanged, or null.</returns>
    ValueTask<IReadOnlyList<ReadOnlyMemory<float>?>> FindVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return ValueTask.FromResult<IReadOnlyList<ReadOnlyMemory<float>?>>(new ReadOnlyMemory<float>?[chunks.Count]);
    }

    /// <summary>As <see cref="FindVectorsAsync"/> for sparse vectors.</summary>
    /// <returns>For each given chunk what the manifest's model gave for its text, or null.</returns>
    ValueTask<IReadOnlyList<SparseVector?>> FindSparseVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return ValueTask.FromResult<IReadOnlyList<SparseVector?>>(new SparseVector?[chunks.Count]);
    }

    /// <summary>As <see cref="FindVectorsAsync"/> for token vectors.</summary>
    /// <returns>For each given chunk vectors fit to be stored again unchanged, or null.</returns>
    ValueTask<IReadOnlyList<MultiVector?>> FindTokenVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return ValueTask.FromResult<IReadOnlyList<MultiVector?>>(new MultiVector?[chunks.Count]);
    }

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
}
