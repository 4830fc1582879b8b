using Rag.Index;

namespace Rag.Retrieval;

/// <summary>Finds the chunks that bear on a question. Safe for concurrent use.</summary>
public interface IRetriever
{
    /// <summary>The best chunks within the scope, best first.</summary>
    /// <param name="query">The question as text.</param>
    /// <param name="top">How many at most; at least 1.</param>
    /// <param name="scope">Who asks, and of what; nothing from beyond it comes back.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    ValueTask<IReadOnlyList<RetrievedChunk>> RetrieveAsync(string query, int top, SearchScope scope, CancellationToken cancellationToken = default);
}
