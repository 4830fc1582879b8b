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
}
