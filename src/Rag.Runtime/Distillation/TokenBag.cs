namespace Rag.Runtime.Distillation;

/// <summary>A text as the mean of rows: which rows, ascending, each with its share.</summary>
internal sealed record TokenBag(int[] Rows, float[] Shares)
{
    /// <summary>The bag of some ids; null where none of them has a row.</summary>
    public static TokenBag? Create(IEnumerable<int> ids, KeptTokens kept)
    {
        SortedDictionary<int, int> counts = [];
        int total = 0;
        foreach (int row in ids.Select(kept.RowOf).Where(row => row >= 0))
        {
            counts[row] = counts.GetValueOrDefault(row) + 1;
            total++;
        }

        return total == 0 ? null : new TokenBag([.. counts.Keys], [.. counts.Values.Select(count => (float)count / total)]);
    }

    /// <summary>The mean of the text's rows of a table.</summary>
    public void Average(Matrix table, Span<float> mean)
    {
        mean.Clear();
        for (int i = 0; i < Rows.Length; i++)
        {
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(table.Row(Rows[i]), Shares[i], mean, mean);
        }
    }
}
