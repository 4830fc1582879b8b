namespace Rag.Runtime.Embedding;

/// <summary>Which texts go through the encoder together: of similar length, within a budget of tokens, padding included.</summary>
internal static class BatchPlan
{
    /// <summary>Splits texts into batches; every index is in exactly one.</summary>
    /// <param name="lengths">Tokens of each text.</param>
    /// <param name="budget">The most tokens of a batch; one text is always taken.</param>
    /// <returns>Indices, longest texts first, so that the memory of the first batch serves all others.</returns>
    public static IEnumerable<int[]> Create(IReadOnlyList<int> lengths, int budget)
    {
        int[] order = [.. Enumerable.Range(0, lengths.Count).OrderByDescending(i => lengths[i])];
        for (int start = 0; start < order.Length;)
        {
            int count = Math.Clamp(budget / Math.Max(1, lengths[order[start]]), 1, order.Length - start);
            yield return order[start..(start + count)];
            start += count;
        }
    }
}
