using Rag.Index;

namespace Rag.Retrieval;

/// <summary>Words as a model weighs and adds to them. Encodes when it first searches.</summary>
internal sealed class SparseQuery(ISparseEncoder encoder, string text) : LexicalQuery
{
    private SparseVector? _vector;

    /// <summary>Refuses an index whose sparse vectors come from another model.</summary>
    /// <exception cref="IncompatibleException">They do.</exception>
    public static void Check(EmbeddingIdentity stored, EmbeddingIdentity own)
    {
        if (own != stored)
        {
            throw new IncompatibleException(
                $"The index's sparse vectors are those of {stored.Model} ({stored.Dimensions} dimensions, weights {stored.WeightsHash}), but the model at hand is {own.Model} ({own.Dimensions} dimensions, weights {own.WeightsHash}); use that model or build the index anew.");
        }
    }

    /// <exception cref="CorruptException">The model gave no usable vector.</exception>
    public override async Task<ChunkScores> SearchAsync(IChunkReader index, int top, CancellationToken cancellationToken) =>
        await index.SearchSparseAsync(await EncodeAsync(cancellationToken).ConfigureAwait(false), top, cancellationToken).ConfigureAwait(false);

    /// <exception cref="CorruptException">The model gave no usable vector.</exception>
    public override async ValueTask<IReadOnlyList<float>?> ScoreAsync(IChunkReader index, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken) =>
        await index.ScoreSparseAsync(await EncodeAsync(cancellationToken).ConfigureAwait(false), chunkIds, cancellationToken).ConfigureAwait(false);

    public override RetrievedChunk Mark(RetrievedChunk found, float? score) => found with { Sparse = score };

    private async ValueTask<SparseVector> EncodeAsync(CancellationToken cancellationToken)
    {
        if (_vector is null)
        {
            IReadOnlyList<SparseVector> vectors = await encoder.EncodeAsync([text], cancellationToken).ConfigureAwait(false);
            string? fault = vectors is [{ } vector] ? VectorKinds.Fault(vector, encoder.Identity) : $"is not there: {vectors.Count} came";
            _vector = fault is null ? vectors[0] : throw new CorruptException($"The sparse vector of the question by {encoder.Identity.Model} {fault}.");
        }

        return _vector;
    }
}
