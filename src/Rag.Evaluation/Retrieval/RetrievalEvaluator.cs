using Rag.Evaluation.Collections;
using Rag.Evaluation.Datasets;
using Rag.Retrieval;

namespace Rag.Evaluation.Retrieval;

/// <summary>Asks a retriever every query of a collection and scores what it finds.</summary>
public static class RetrievalEvaluator
{
    private const int Depth = 100;

    /// <summary>Measures a retriever over an index that <see cref="CollectionIndexer"/> filled.</summary>
    /// <param name="collection">The queries and judgements.</param>
    /// <param name="retriever">What is measured; a document counts at the rank of its best chunk.</param>
    /// <param name="progress">Told how many queries are done.</param>
    /// <param name="cancellationToken">Ends the measuring between queries.</param>
    public static async Task<RetrievalFigures> MeasureAsync(
        RetrievalCollection collection, IRetriever retriever, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(retriever);
        double ndcg = 0, recall = 0, reciprocal = 0, precision = 0;
        int done = 0;
        foreach (RetrievalQuery query in collection.Queries)
        {
            IReadOnlyList<RetrievedChunk> found = await retriever.RetrieveAsync(query.Text, Depth, cancellationToken).ConfigureAwait(false);
            List<string> ranking = [.. found.Select(result => result.Chunk.DocumentId).Distinct(StringComparer.Ordinal)];
            IReadOnlyDictionary<string, int> judged = collection.Judgements[query.Id];
            ndcg += RetrievalMetrics.Ndcg(ranking, judged, 10);
            recall += RetrievalMetrics.Recall(ranking, judged, Depth);
            reciprocal += RetrievalMetrics.ReciprocalRank(ranking, judged, 10);
            precision += RetrievalMetrics.AveragePrecision(ranking, judged, Depth);
            progress?.Report(++done);
        }

        int count = Math.Max(1, done);
        return new RetrievalFigures(done, ndcg / count, recall / count, reciprocal / count, precision / count);
    }
}
