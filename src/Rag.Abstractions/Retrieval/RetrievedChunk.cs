using Rag.Chunks;

namespace Rag.Retrieval;

/// <summary>A chunk that was found, with what each side of the search made of it.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Score">The score that ranks it; comparable within one result only.</param>
/// <param name="Bm25">BM25 score, or null where the text side was not asked or cannot tell.</param>
/// <param name="Dense">Cosine similarity, or null where the vector side was not asked or cannot tell.</param>
public sealed record RetrievedChunk(Chunk Chunk, double Score, float? Bm25, float? Dense)
{
    /// <summary>Dot product of sparse vectors, or null where they were not asked.</summary>
    public float? Sparse { get; init; }

    /// <summary>The retriever's own score, where a reranker has set <see cref="Score"/> anew; otherwise null.</summary>
    public double? RetrievalScore { get; init; }
}
