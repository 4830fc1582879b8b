using Rag.Index;

namespace Rag.Ingestion;

/// <summary>The sparse vectors and token vectors of the chunks that wait, where they are asked for. State of one call.</summary>
internal sealed class PendingKinds(PendingKind<SparseVector>? sparse, PendingKind<MultiVector>? tokens)
{
    /// <summary>Encodes what documents still lack.</summary>
    /// <exception cref="CorruptException">A model gave what cannot be stored.</exception>
    public async ValueTask AddAsync(IReadOnlyList<PendingDocument> documents, CancellationToken cancellationToken)
    {
        if (sparse is not null)
        {
            await sparse.AddAsync(documents, cancellationToken).ConfigureAwait(false);
        }

        if (tokens is not null)
        {
            await tokens.AddAsync(documents, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A document as it is stored; all of its chunks' vectors must be known.</summary>
    public IndexedDocument Complete(PendingDocument document, IReadOnlyList<ReadOnlyMemory<float>>? vectors) =>
        new(document.Document, document.Fingerprint, document.Chunks, vectors) { SparseVectors = sparse?.Of(document), TokenVectors = tokens?.Of(document) };
}
