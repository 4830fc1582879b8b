using Rag.Chunks;
using Rag.Index;

namespace Rag.Ingestion;

/// <summary>
/// The vectors of the chunks that wait, by what is embedded: those that the index has already, and those that the model made in
/// this call. Equal texts share one, so each is embedded once. State of one call.
/// </summary>
internal sealed class PendingVectors
{
    private readonly Dictionary<string, ReadOnlyMemory<float>> _vectors = new(StringComparer.Ordinal);

    /// <summary>Looks up what the index has.</summary>
    public static async ValueTask<PendingVectors> LookUpAsync(IChunkWriter index, IReadOnlyList<PendingDocument> documents, CancellationToken cancellationToken)
    {
        PendingVectors vectors = new();
        IReadOnlyList<Chunk> chunks = vectors.Missing(documents);
        if (chunks.Count > 0)
        {
            IReadOnlyList<ReadOnlyMemory<float>?> found = await index.FindVectorsAsync(chunks, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < chunks.Count; i++)
            {
                if (found[i] is { } vector)
                {
                    vectors._vectors.Add(chunks[i].IndexedText, vector);
                }
            }
        }

        return vectors;
    }

    /// <summary>The chunks that must be embedded: one for each text that has no vector yet.</summary>
    public IReadOnlyList<Chunk> Missing(params IReadOnlyList<PendingDocument> documents)
    {
        List<Chunk> missing = [];
        HashSet<string> texts = new(StringComparer.Ordinal);
        foreach (PendingDocument document in documents)
        {
            foreach (Chunk chunk in document.Chunks)
            {
                string text = chunk.IndexedText;
                if (!_vectors.ContainsKey(text) && texts.Add(text))
                {
                    missing.Add(chunk);
                }
            }
        }

        return missing;
    }

    /// <summary>Adds what the model made, as far as a search can use it.</summary>
    /// <returns>What is wrong with the first vector that none can use, or null.</returns>
    public RagException? Add(IReadOnlyList<Chunk> chunks, IReadOnlyList<ReadOnlyMemory<float>> vectors, ChunkEmbedder embedder, IngestionRun run)
    {
        RagException? first = null;
        for (int i = 0; i < chunks.Count; i++)
        {
            if (embedder.Fault(chunks[i], vectors[i]) is { } fault)
            {
                first ??= fault;
            }
            else
            {
                _vectors[chunks[i].IndexedText] = vectors[i];
                run.Embedded++;
            }
        }

        return first;
    }

    /// <summary>A document's vectors in the order of its chunks, all of which must be known.</summary>
    public IReadOnlyList<ReadOnlyMemory<float>> Of(PendingDocument document) => [.. document.Chunks.Select(chunk => _vectors[chunk.IndexedText])];
}
