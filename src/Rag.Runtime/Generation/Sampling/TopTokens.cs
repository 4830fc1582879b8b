namespace Rag.Runtime.Generation.Sampling;

/// <summary>The highest scores.</summary>
internal static class TopTokens
{
    /// <summary>
    /// Writes the places of the highest scores, highest first, the lower place first at a tie. One pass with a heap: n + hits * log k.
    /// </summary>
    /// <param name="scores">Not NaN.</param>
    /// <param name="top">Receives as many places as it has room for, at most as many as there are scores.</param>
    public static void Select(ReadOnlySpan<float> scores, Span<int> top)
    {
        if (top.IsEmpty)
        {
            return;
        }

        // The root of the heap is the worst of the best so far.
        for (int i = 0; i < top.Length; i++)
        {
            top[i] = i;
        }

        for (int i = (top.Length / 2) - 1; i >= 0; i--)
        {
            SiftDown(scores, top, i);
        }

        for (int i = top.Length; i < scores.Length; i++)
        {
            // A later place never wins a tie.
            if (scores[i] > scores[top[0]])
            {
                top[0] = i;
                SiftDown(scores, top, 0);
            }
        }

        for (int end = top.Length - 1; end > 0; end--)
        {
            (top[0], top[end]) = (top[end], top[0]);
            SiftDown(scores, top[..end], 0);
        }
    }

    private static void SiftDown(ReadOnlySpan<float> scores, Span<int> heap, int index)
    {
        int moving = heap[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= heap.Length)
            {
                break;
            }

            if (child + 1 < heap.Length && Worse(scores, heap[child + 1], heap[child]))
            {
                child++;
            }

            if (!Worse(scores, heap[child], moving))
            {
                break;
            }

            heap[index] = heap[child];
            index = child;
        }

        heap[index] = moving;
    }

    private static bool Worse(ReadOnlySpan<float> scores, int a, int b) =>
        scores[a] < scores[b] || (scores[a] == scores[b] && a > b);
}
