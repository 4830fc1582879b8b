namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Top-p: keeps the fewest most probable tokens whose probabilities reach p, at least one. The same set as the rule
/// "sort ascending, drop while the cumulative probability is at most 1 - p".
/// </summary>
internal sealed class TopPRule(float p) : ITruncatingRule
{
    /// <summary>Below this a range is sorted outright.</summary>
    private const int SmallRange = 24;

    public void Apply(in SamplingStep step) => Apply(step.Scores, p, step.Buffers.Order, step.Buffers.Weights);

    /// <summary>
    /// Sets what is dropped to negative infinity. Ranges are halved around a pivot, as in quickselect, and only the half
    /// that holds the boundary is looked at again: linear time on average, no full sort.
    /// </summary>
    /// <param name="scores">Changed in place.</param>
    /// <param name="p">The probability to reach.</param>
    /// <param name="ids">Room for as many ids as scores.</param>
    /// <param name="weights">Room for as many values as scores.</param>
    public static void Apply(Span<float> scores, float p, Span<int> ids, Span<float> weights)
    {
        if (p >= 1)
        {
            return;
        }

        double total = Softmax.Exponentials(scores, weights);
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > float.NegativeInfinity)
            {
                ids[count++] = i;
            }
        }

        // In descending order a token stays while the mass of those before it is below p; p as its decimal digits say, since
        // 0.999f is 1.3e-8 off and a long tail holds tokens less probable than that.
        int kept = Boundary(ids[..count], weights, (double)(decimal)p * total);
        foreach (int id in ids[kept..count])
        {
            scores[id] = float.NegativeInfinity;
        }
    }

    private static int Boundary(Span<int> ids, ReadOnlySpan<float> weights, double mass)
    {
        int start = 0;
        int end = ids.Length;
        double before = 0;
        while (end - start > SmallRange)
        {
            (int split, double upper) = Partition(ids[start..end], weights);
            if (before + upper < mass)
            {
                before += upper;
                start += split;
            }
            else
            {
                end = start + split;
            }
        }

        SortDescending(ids[start..end], weights);
        int kept = start;
        while (kept < end && (before < mass || kept == 0))
        {
            before += weights[ids[kept++]];
        }

        return kept;
    }

    /// <summary>Moves the heavier ids to the front; both sides get at least one. Returns how many and their mass.</summary>
    private static (int Split, double Mass) Partition(Span<int> ids, ReadOnlySpan<float> weights)
    {
        float a = weights[ids[0]];
        float b = weights[ids[ids.Length / 2]];
        float c = weights[ids[^1]];
        float pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

        // Hoare's scheme: runs of equal weights are split evenly, so that flat distributions stay linear. A median of three
        // stops both scans inside the range, so neither side is empty.
        int low = -1;
        int high = ids.Length;
        while (true)
        {
            do
            {
                low++;
            }
            while (weights[ids[low]] > pivot);

            do
            {
                high--;
            }
            while (weights[ids[high]] < pivot);

            if (low >= high)
            {
                break;
            }

            (ids[low], ids[high]) = (ids[high], ids[low]);
        }

        int split = high + 1;
        double mass = 0;
        foreach (int id in ids[..split])
        {
            mass += weights[id];
        }

        return (split, mass);
    }

    private static void SortDescending(Span<int> ids, ReadOnlySpan<float> weights)
    {
        for (int i = 1; i < ids.Length; i++)
        {
            int id = ids[i];
            int j = i;
            for (; j > 0 && weights[ids[j - 1]] < weights[id]; j--)
            {
                ids[j] = ids[j - 1];
            }

            ids[j] = id;
        }
    }
}
