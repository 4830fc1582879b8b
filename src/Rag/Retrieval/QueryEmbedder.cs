using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Index;

namespace Rag.Retrieval;

/// <summary>Turns a question into a vector that the index can be asked with, or says why it cannot.</summary>
internal sealed class QueryEmbedder(IEmbeddingGenerator<string, Embedding<float>> generator)
{
    private readonly EmbeddingIdentity? _identity = generator.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;

    /// <summary>Refuses an index whose vectors come from another model.</summary>
    /// <exception cref="IncompatibleException">They do.</exception>
    public void Check(EmbeddingIdentity stored)
    {
        if (_identity is not null && _identity != stored)
        {
            throw new IncompatibleException(
                $"The index was built with the embedding model {stored.Model} ({stored.Dimensions} dimensions, {Short(stored.WeightsHash)}), but the one at hand is {_identity.Model} ({_identity.Dimensions} dimensions, {Short(_identity.WeightsHash)}); use that model or build the index anew.");
        }
    }

    /// <summary>The vector.</summary>
    /// <exception cref="CorruptException">The model gave no usable vector: none, zero, not finite, or of a wrong length.</exception>
    public async ValueTask<ReadOnlyMemory<float>> EmbedAsync(string query, int dimensions, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>> embeddings =
            await generator.GenerateAsync([_identity?.QueryPrefix + query], null, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<float> vector = embeddings.Count == 1 ? embeddings[0].Vector : ReadOnlyMemory<float>.Empty;
        if (vector.Length != dimensions || !(TensorPrimitives.Norm(vector.Span) is > 0 and < float.PositiveInfinity))
        {
            throw new CorruptException(
                $"The embedding model gave no usable vector for the question: {embeddings.Count} vectors, {vector.Length} dimensions of {dimensions}, or a length that is zero or not finite.");
        }

        return vector;
    }

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;
}
