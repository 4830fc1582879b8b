namespace Rag.Retrieval;

/// <summary>Orders found chunks anew by looking at question and text together. Safe for concurrent use.</summary>
public interface IReranker
{
    /// <summary>The given chunks, best first, with <see cref="RetrievedChunk.Score"/> set anew; adds and drops none.</summary>
    ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(
        string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default);
}
