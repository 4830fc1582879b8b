namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Top-k: keeps every score that is at least the k-th highest, so more than k where they tie.</summary>
internal sealed class TopKRule(int k) : ITruncatingRule
{
    public void Apply(in SamplingStep step) => Apply(step.Scores, k, step.Buffers.Weights);

    /// <summary>Sets what is dropped to negative infinity. One pass with a heap of k scores finds the threshold; nothing is sorted.</summary>
    /// <param name="scores">Changed in place.</param>
    /// <param name="k">How many to keep; 0 keeps all.</param>
    /// <param name="heap">Room for min(k, scores) values.</param>
    public static void Apply(Span<float> scores, int k, Span<float> heap)
    {
        if (k <= 0 || k >= scores.Length)
        {
            return;
        }

        // A min-heap of the k highest scores so far: its root is the score to beat.
        heap = heap[..k];
        scores[..k].CopyTo(heap);
        for (int i = (k / 2) - 1; i >= 0; i--)
        {
            SiftDown(heap, i);
        }

        foreach (float score in scores[k..])
        {
            if (score > heap[0])
            {
                heap[0] = score;
                SiftDown(heap, 0);
            }
        }

        float threshold = heap[0];
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] < threshold)
            {
                scores[i] = float.NegativeInfinity;
            }
        }
    }

    private static void SiftDown(Span<float> heap, int index)
    {
        float value = heap[index];
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= heap.Length)
            {
                break;
            }

            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[child] >= value)
            {
                break;
            }

            heap[index] = heap[child];
            index = child;
        }

        heap[index] = value;
    }
}
