using Rag.Index;

namespace Rag.Retrieval;

/// <summary>Orders found chunks anew by looking at question and text together. Safe for concurrent use.</summary>
public interface IReranker
{
    /// <summary>The given chunks, best first, with <see cref="RetrievedChunk.Score"/> set anew; adds and drops none.</summary>
    ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(
        string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default);

    /// <summary>As the other, for a reranker that looks something up of the chunks: within this scope, and nothing beyond it.</summary>
    ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(
        string query, IReadOnlyList<RetrievedChunk> chunks, SearchScope scope, CancellationToken cancellationToken = default) => RerankAsync(query, chunks, cancellationToken);
}
