namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Where in descending order of a key the weights reach a mass. Ranges are halved around a pivot, as in quickselect, and only
/// the half that holds the boundary is looked at again: linear time on average, no full sort.
/// </summary>
internal static class MassBoundary
{
    /// <summary>Below this a range is sorted outright.</summary>
    private const int SmallRange = 24;

    /// <summary>Moves the ids of the highest keys whose weights reach the mass to the front, at least one.</summary>
    /// <param name="ids">Reordered.</param>
    /// <param name="keys">By id; not NaN.</param>
    /// <param name="weights">By id.</param>
    /// <param name="mass">To be reached.</param>
    /// <returns>How many they are.</returns>
    public static int Find(Span<int> ids, ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, double mass)
    {
        int start = 0;
        int end = ids.Length;
        double before = 0;
        while (end - start > SmallRange)
        {
            (int split, double upper) = Partition(ids[start..end], keys, weights);
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

        SortDescending(ids[start..end], keys);
        int kept = start;
        while (kept < end && (before < mass || kept == 0))
        {
            before += weights[ids[kept++]];
        }

        return kept;
    }

    /// <summary>Moves the ids of higher keys to the front; both sides get at least one. Returns how many and their mass.</summary>
    private static (int Split, double Mass) Partition(Span<int> ids, ReadOnlySpan<float> keys, ReadOnlySpan<float> weights)
    {
        float a = keys[ids[0]];
        float b = keys[ids[ids.Length / 2]];
        float c = keys[ids[^1]];
        float pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

        // Hoare's scheme: runs of equal keys are split evenly, so that flat distributions stay linear. A median of three
        // stops both scans inside the range, so neither side is empty.
        int low = -1;
        int high = ids.Length;
        while (true)
        {
            do
            {
                low++;
            }
            while (keys[ids[low]] > pivot);

            do
            {
                high--;
            }
            while (keys[ids[high]] < pivot);

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

    private static void SortDescending(Span<int> ids, ReadOnlySpan<float> keys)
    {
        for (int i = 1; i < ids.Length; i++)
        {
            int id = ids[i];
            int j = i;
            for (; j > 0 && keys[ids[j - 1]] < keys[id]; j--)
            {
                ids[j] = ids[j - 1];
            }

            ids[j] = id;
        }
    }
}
