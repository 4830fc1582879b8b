namespace Rag.Evaluation.Retrieval;

/// <summary>
/// Measures of one query's ranking against its judgements (document id to grade; a document counts as relevant where its grade
/// is above 0). A query without relevant documents scores 0 everywhere. Over a collection, take the mean over all queries.
/// A ranking must not name a document twice. Stateless; safe for concurrent use.
/// </summary>
public static class RetrievalMetrics
{
    /// <summary>
    /// Normalised discounted cumulative gain: the sum of gain / log2(rank + 1) over the first <paramref name="k"/>, divided by that
    /// of the ideal ranking of all judged documents (Järvelin and Kekäläinen 2002).
    /// </summary>
    public static double Ndcg(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k = int.MaxValue, GainKind gain = GainKind.Linear)
    {
        int depth = Depth(ranking, judgements, k);
        double found = 0;
        for (int i = 0; i < depth; i++)
        {
            found += Gain(judgements.GetValueOrDefault(ranking[i]), gain) / Math.Log2(i + 2);
        }

        int[] ideal = [.. judgements.Values.Where(grade => grade > 0).OrderDescending().Take(k)];
        double best = 0;
        for (int i = 0; i < ideal.Length; i++)
        {
            best += Gain(ideal[i], gain) / Math.Log2(i + 2);
        }

        return best == 0 ? 0 : found / best;
    }

    /// <summary>Relevant documents among the first <paramref name="k"/>, divided by k.</summary>
    public static double Precision(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k) =>
        (double)Hits(ranking, judgements, k) / k;

    /// <summary>Relevant documents among the first <paramref name="k"/>, divided by all relevant ones.</summary>
    public static double Recall(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k = int.MaxValue)
    {
        int hits = Hits(ranking, judgements, k);
        return hits == 0 ? 0 : (double)hits / Relevant(judgements);
    }

    /// <summary>Harmonic mean of precision and recall: 2 hits / (k + relevant).</summary>
    public static double F1(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k)
    {
        int hits = Hits(ranking, judgements, k);
        return hits == 0 ? 0 : 2.0 * hits / ((double)k + Relevant(judgements));
    }

    /// <summary>1 where at least one relevant document is among the first <paramref name="k"/>, else 0; also called hit rate.</summary>
    public static double Success(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k) =>
        Hits(ranking, judgements, k) > 0 ? 1 : 0;

    /// <summary>1 / rank of the first relevant document among the first <paramref name="k"/>; its mean over queries is MRR.</summary>
    public static double ReciprocalRank(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k = int.MaxValue)
    {
        int depth = Depth(ranking, judgements, k);
        for (int i = 0; i < depth; i++)
        {
            if (judgements.GetValueOrDefault(ranking[i]) > 0)
            {
                return 1.0 / (i + 1);
            }
        }

        return 0;
    }

    /// <summary>Sum of the precision at each relevant document among the first <paramref name="k"/>, divided by all relevant ones; its mean is MAP.</summary>
    public static double AveragePrecision(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k = int.MaxValue)
    {
        int depth = Depth(ranking, judgements, k);
        int hits = 0;
        double sum = 0;
        for (int i = 0; i < depth; i++)
        {
            if (judgements.GetValueOrDefault(ranking[i]) > 0)
            {
                sum += (double)++hits / (i + 1);
            }
        }

        return hits == 0 ? 0 : sum / Relevant(judgements);
    }

    /// <summary>Precision at the number of relevant documents.</summary>
    public static double RPrecision(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements)
    {
        int relevant = Relevant(judgements);
        return relevant == 0 ? 0 : Precision(ranking, judgements, relevant);
    }

    /// <summary>
    /// How seldom judged non-relevant documents (grade 0 or less) come before relevant ones, unjudged ones ignored, as trec_eval
    /// computes it (Buckley and Voorhees 2004): mean of 1 - min(n, R) / min(R, N).
    /// </summary>
    public static double Bpref(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements)
    {
        int depth = Depth(ranking, judgements, int.MaxValue);
        int relevant = Relevant(judgements), bound = Math.Min(relevant, judgements.Count - relevant), nonRelevant = 0;
        double sum = 0;
        for (int i = 0; i < depth; i++)
        {
            if (!judgements.TryGetValue(ranking[i], out int grade))
            {
                continue;
            }

            if (grade <= 0)
            {
                nonRelevant++;
            }
            else
            {
                sum += nonRelevant == 0 ? 1 : 1 - ((double)Math.Min(nonRelevant, relevant) / bound);
            }
        }

        return relevant == 0 ? 0 : sum / relevant;
    }

    private static double Gain(int grade, GainKind gain) =>
        grade <= 0 ? 0 : gain == GainKind.Linear ? grade : Math.Pow(2, grade) - 1;

    private static int Relevant(IReadOnlyDictionary<string, int> judgements) => judgements.Values.Count(grade => grade > 0);

    private static int Hits(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k)
    {
        int depth = Depth(ranking, judgements, k), hits = 0;
        for (int i = 0; i < depth; i++)
        {
            hits += judgements.GetValueOrDefault(ranking[i]) > 0 ? 1 : 0;
        }

        return hits;
    }

    private static int Depth(IReadOnlyList<string> ranking, IReadOnlyDictionary<string, int> judgements, int k)
    {
        ArgumentNullException.ThrowIfNull(ranking);
        ArgumentNullException.ThrowIfNull(judgements);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return Math.Min(k, ranking.Count);
    }
}
