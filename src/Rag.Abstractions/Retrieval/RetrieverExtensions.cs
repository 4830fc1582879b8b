using Rag.Index;

namespace Rag.Retrieval;

/// <summary>Shorter ways to ask a retriever.</summary>
public static class RetrieverExtensions
{
    /// <summary>The best of what is open to all (<see cref="SearchScope.Public"/>), best first.</summary>
    /// <param name="retriever">The retriever.</param>
    /// <param name="query">The question as text.</param>
    /// <param name="top">How many at most; at least 1.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static ValueTask<IReadOnlyList<RetrievedChunk>> RetrieveAsync(
        this IRetriever retriever, string query, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        return retriever.RetrieveAsync(query, top, SearchScope.Public, cancellationToken);
    }
}
