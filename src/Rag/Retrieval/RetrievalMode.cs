namespace Rag.Retrieval;

/// <summary>Which sides of the index a retriever asks.</summary>
public enum RetrievalMode
{
    /// <summary>Both, fused; BM25 alone, or the sparse vectors in its place, where there is no embedder or the index has no vectors.</summary>
    Hybrid,

    /// <summary>BM25 alone.</summary>
    Bm25,

    /// <summary>Vectors alone.</summary>
    Dense,
}
