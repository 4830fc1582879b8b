namespace Rag.Evaluation.Answers;

/// <summary>F1 over two bags of tokens.</summary>
internal static class TokenOverlap
{
    /// <summary>2 common / (all tokens of both), where common counts each token as often as both have it; 0 where nothing is common.</summary>
    public static double F1<T>(IReadOnlyCollection<T> prediction, IReadOnlyCollection<T> gold)
        where T : notnull
    {
        Dictionary<T, int> left = [];
        foreach (T token in gold)
        {
            left[token] = left.GetValueOrDefault(token) + 1;
        }

        int common = 0;
        foreach (T token in prediction)
        {
            if (left.TryGetValue(token, out int count) && count > 0)
            {
                left[token] = count - 1;
                common++;
            }
        }

        if (common == 0)
        {
            return 0;
        }

        double precision = (double)common / prediction.Count, recall = (double)common / gold.Count;
        return 2 * precision * recall / (precision + recall);
    }
}
