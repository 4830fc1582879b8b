using Rag.Evaluation.Datasets;

namespace Rag.Evaluation.Collections;

/// <summary>A collection to measure retrieval with: documents, queries, and who answers whom. Held in memory; immutable.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Documents">The documents, ids unique.</param>
/// <param name="Queries">The queries that have judgements.</param>
/// <param name="Judgements">The judgements by query id.</param>
public sealed record RetrievalCollection(
    string Name,
    IReadOnlyList<RetrievalDocument> Documents,
    IReadOnlyList<RetrievalQuery> Queries,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Judgements)
{
    /// <summary>The same documents with every n-th query, so that about <paramref name="queries"/> are left.</summary>
    /// <param name="queries">How many to keep; at least 1.</param>
    public RetrievalCollection Sample(int queries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        int step = (Queries.Count + queries - 1) / queries;
        return step <= 1 ? this : this with { Queries = [.. Queries.Where((_, i) => i % step == 0)] };
    }
}
