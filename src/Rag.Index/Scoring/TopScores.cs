namespace Rag.Index;

/// <summary>Picks the best scores with a bounded heap; equal scores by chunk id, ordinal.</summary>
internal static class TopScores
{
    /// <summary>The best <paramref name="top"/> of the scored chunks.</summary>
    /// <param name="keys">Keys of the chunks.</param>
    /// <param name="scores">Their scores, all finite.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="idOf">Looks up a chunk's id; called for the best and for those that tie with the last of them.</param>
    /// <param name="deviation">Handed through.</param>
    public static ChunkScores Select(
        ReadOnlySpan<long> keys, ReadOnlySpan<float> scores, int top, Func<long, string> idOf, double? deviation)
    {
        int count = Math.Min(top, scores.Length);
        if (count == 0)
        {
            return new([], [], deviation);
        }

        float threshold = Smallest(scores, count);
        List<(string Id, float Score)> found = new(count);
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= threshold)
            {
                found.Add((idOf(keys[i]), scores[i]));
            }
        }

        found.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : string.CompareOrdinal(a.Id, b.Id));
        string[] ids = new string[count];
        float[] best = new float[count];
        for (int i = 0; i < count; i++)
        {
            (ids[i], best[i]) = found[i];
        }

        return new(ids, best, deviation);
    }

    // The count-th best score, by a min-heap of the best so far.
    private static float Smallest(ReadOnlySpan<float> scores, int count)
    {
        PriorityQueue<float, float> heap = new(count);
        foreach (float score in scores)
        {
            if (heap.Count < count)
            {
                heap.Enqueue(score, score);
            }
            else if (score > heap.Peek())
            {
                heap.DequeueEnqueue(score, score);
            }
        }

        return heap.Peek();
    }
}
