namespace Rag.Runtime.Reading;

/// <summary>The best span of a sequence of start and end logits.</summary>
internal static class SpanSearch
{
    /// <summary>
    /// The pair first ≤ last &lt; first + <paramref name="maxTokens"/> with the greatest start[first] + end[last]; the
    /// earliest of equals.
    /// </summary>
    /// <param name="start">Start logits, at least one.</param>
    /// <param name="end">As many end logits.</param>
    /// <param name="maxTokens">The most tokens of a span.</param>
    /// <returns>The pair and its sum; null where a logit is not finite.</returns>
    public static (int First, int Last, float Score)? Best(ReadOnlySpan<float> start, ReadOnlySpan<float> end, int maxTokens)
    {
        (int First, int Last, float Score) best = (0, 0, float.NegativeInfinity);
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
                if (score > best.Score)
                {
                    best = (first, last, score);
                }
            }
        }

        return best;
    }
}
