using Rag.Index;

namespace Rag.Retrieval;

/// <summary>A retriever whose results a reranker orders anew. Safe for concurrent use.</summary>
public sealed class RerankingRetriever : IRetriever
{
    private readonly IRetriever _retriever;
    private readonly IReranker _reranker;
    private readonly int _pool;

    /// <summary>Creates the decorator.</summary>
    /// <param name="retriever">Finds chunks.</param>
    /// <param name="reranker">Orders them.</param>
    /// <param name="pool">Chunks given to the reranker; never fewer than asked for.</param>
    public RerankingRetriever(IRetriever retriever, IReranker reranker, int pool = 50)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentNullException.ThrowIfNull(reranker);
        ArgumentOutOfRangeException.ThrowIfLessThan(pool, 1);
        _retriever = retriever;
        _reranker = reranker;
        _pool = pool;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RetrievedChunk>> RetrieveAsync(
        string query, int top, SearchScope scope, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<RetrievedChunk> found = await _retriever.RetrieveAsync(query, Math.Max(top, _pool), scope, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RetrievedChunk> ordered = await _reranker.RerankAsync(query, found, scope, cancellationToken).ConfigureAwait(false);
        return ordered.Count <= top ? ordered : [.. ordered.Take(top)];
    }
}
