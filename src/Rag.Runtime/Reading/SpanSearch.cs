namespace Rag.Runtime.Reading;

/// <summary>The best spans of a sequence of start and end logits.</summary>
internal static class SpanSearch
{
    /// <summary>
    /// The pairs first ≤ last &lt; first + <paramref name="maxTokens"/> with the greatest start[first] + end[last], best first;
    /// of equals the earlier.
    /// </summary>
    /// <param name="start">Start logits, at least one.</param>
    /// <param name="end">As many end logits.</param>
    /// <param name="maxTokens">The most tokens of a span.</param>
    /// <param name="count">How many pairs at most, at least 1.</param>
    /// <returns>The pairs and their sums; null where a logit is not finite.</returns>
    public static List<(int First, int Last, float Score)>? Best(ReadOnlySpan<float> start, ReadOnlySpan<float> end, int maxTokens, int count)
    {
        List<(int First, int Last, float Score)> best = new(count);
        for (int first = 0; first < start.Length; first++)
        {
            if (!float.IsFinite(start[first]) || !float.IsFinite(end[first]))
            {
                return null;
            }

            int stop = Math.Min(start.Length, first + maxTokens);
            for (int last = first; last < stop; last++)
            {
                float score = start[first] + end[last];
                if (best.Count < count || score > best[^1].Score)
                {
                    Insert(best, (first, last, score), count);
                }
            }
        }

        return best;
    }

    private static void Insert(List<(int First, int Last, float Score)> best, (int First, int Last, float Score) pair, int count)
    {
        if (best.Count == count)
        {
            best.RemoveAt(count - 1);
        }

        int at = best.Count;
        while (at > 0 && best[at - 1].Score < pair.Score)
        {
            at--;
        }

        best.Insert(at, pair);
    }
}
