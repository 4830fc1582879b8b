namespace Rag.Runtime.Embedding;

/// <summary>Which texts go through the encoder together: of similar length, within a budget of tokens, padding included.</summary>
internal static class BatchPlan
{
    /// <summary>Splits texts into batches; every index is in exactly one.</summary>
    /// <param name="lengths">Tokens of each text.</param>
    /// <param name="budget">The most tokens of a batch; one text is always taken.</param>
    /// <param name="padded">Whether texts of several lengths may share a batch.</param>
    /// <returns>Indices, longest texts first, so that the memory of the first batch serves all others.</returns>
    public static IEnumerable<int[]> Create(IReadOnlyList<int> lengths, int budget, bool padded = true)
    {
        int[] order = [.. Enumerable.Range(0, lengths.Count).OrderByDescending(i => lengths[i])];
        for (int start = 0; start < order.Length;)
        {
            int longest = lengths[order[start]];
            int most = Math.Clamp(budget / Math.Max(1, longest), 1, order.Length - start), count = 1;
            while (count < most && (padded || lengths[order[start + count]] == longest))
            {
                count++;
            }

            yield return order[start..(start + count)];
            start += count;
        }
    }
}
