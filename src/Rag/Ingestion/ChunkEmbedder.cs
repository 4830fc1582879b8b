using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;

namespace Rag.Ingestion;

/// <summary>Embeds the chunks of several documents in large calls and checks every vector that comes back.</summary>
internal sealed class ChunkEmbedder(IEmbeddingGenerator<string, Embedding<float>> generator, int batchSize)
{
    private readonly EmbeddingIdentity? _identity = generator.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;

    /// <summary>One vector per chunk, in order, none of them checked yet.</summary>
    /// <exception cref="CorruptException">The generator gave another number of vectors than it got texts.</exception>
    public async ValueTask<List<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<float>> vectors = new(chunks.Count);
        for (int start = 0; start < chunks.Count; start += batchSize)
        {
            string[] texts = new string[Math.Min(batchSize, chunks.Count - start)];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = _identity?.DocumentPrefix + chunks[start + i].IndexedText;
            }

            GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(texts, null, cancellationToken).ConfigureAwait(false);
            if (embeddings.Count != texts.Length)
            {
                throw new CorruptException(
                    $"The embedding model gave {embeddings.Count} vectors for {texts.Length} chunks, the first of them '{chunks[start].Id}'.",
                    chunks[start].DocumentId);
            }

            vectors.AddRange(embeddings.Select(embedding => embedding.Vector));
        }

        return vectors;
    }

    /// <summary>Why no search could use a vector; null where one can.</summary>
    public CorruptException? Fault(Chunk chunk, ReadOnlyMemory<float> vector)
    {
        int dimensions = _identity?.Dimensions ?? vector.Length;
        string? fault =
            vector.Length != dimensions ? $"has {vector.Length} dimensions instead of {dimensions}" :
            !(TensorPrimitives.Norm(vector.Span) is > 0 and < float.PositiveInfinity) ? "is zero or not finite" : null;
        return fault is null ? null : new CorruptException(
            $"The vector of chunk '{chunk.Id}' (number {chunk.Ordinal} of '{chunk.DocumentId}') {fault}; nothing of the document was stored.", chunk.DocumentId);
    }
}
