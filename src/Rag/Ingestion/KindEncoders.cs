using Rag.Index;

namespace Rag.Ingestion;

/// <summary>The models of what is stored of a chunk beside its dense vector.</summary>
internal sealed class KindEncoders(ISparseEncoder? sparse, ILateInteractionEncoder? tokens, int batchSize)
{
    /// <summary>The manifest with the models.</summary>
    public IndexManifest Declare(IndexManifest manifest) => manifest with { Sparse = sparse?.Identity, Tokens = tokens?.Identity };

    /// <summary>What the index has already of the waiting documents.</summary>
    public async ValueTask<PendingKinds> LookUpAsync(IChunkWriter index, IReadOnlyList<PendingDocument> documents, CancellationToken cancellationToken)
    {
        PendingKind<SparseVector>? pendingSparse = sparse?.Identity is { } sparseModel
            ? new(sparseModel.Model, batchSize, sparse.EncodeAsync, vector => VectorKinds.Fault(vector, sparseModel))
            : null;
        PendingKind<MultiVector>? pendingTokens = tokens?.Identity is { } tokenModel
            ? new(tokenModel.Model, batchSize, tokens.EncodePassagesAsync, vectors => VectorKinds.Fault(vectors, tokenModel))
            : null;
        if (pendingSparse is not null)
        {
            await pendingSparse.LookUpAsync(documents, index.FindSparseVectorsAsync, cancellationToken).ConfigureAwait(false);
        }

        if (pendingTokens is not null)
        {
            await pendingTokens.LookUpAsync(documents, index.FindTokenVectorsAsync, cancellationToken).ConfigureAwait(false);
        }

        return new(pendingSparse, pendingTokens);
    }
}
