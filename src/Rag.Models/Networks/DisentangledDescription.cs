namespace Rag.Models.Networks;

/// <summary>
/// Disentangled attention (He et al. 2021, DeBERTa): scores get query times a key made from the distance, and key times a query made
/// from the distance, both scaled as the scores are.
/// </summary>
/// <param name="Table">[2 * span, hidden], one row for each bucket of distances.</param>
internal sealed record DisentangledDescription(Weight Table)
{
    /// <summary>Of the table's rows; null for none.</summary>
    public NormDescription? Norm { get; init; }

    /// <summary>From a row to a key, for the queries' part ("c2p"); null where there is no such part.</summary>
    public LinearDescription? PositionKey { get; init; }

    /// <summary>From a row to a query, for the keys' part ("p2c"); null where there is no such part.</summary>
    public LinearDescription? PositionQuery { get; init; }

    /// <summary>How many distances have a bucket to themselves or share one, both directions together; 0 where every distance has its own row.</summary>
    public required int Buckets { get; init; }

    /// <summary>The distance at which the buckets end.</summary>
    public required int MaxDistance { get; init; }

    /// <summary>The rows for the distances (query minus key) from -<paramref name="most"/> to <paramref name="most"/> (transformers modeling_deberta_v2.py, make_log_bucket_position).</summary>
    public long[] Rows(int most)
    {
        int rows = (int)Table.Shape[0];
        long[] result = new long[(2 * most) + 1];
        for (int distance = -most; distance <= most; distance++)
        {
            result[distance + most] = Math.Clamp(Bucket(distance) + (rows / 2), 0, rows - 1);
        }

        return result;
    }

    private long Bucket(int distance)
    {
        int middle = Buckets / 2;
        int away = Math.Abs(distance);
        if (Buckets == 0 || away <= middle)
        {
            return distance;
        }

        float logarithm = MathF.Log((float)away / middle) / MathF.Log((float)(MaxDistance - 1) / middle) * (middle - 1);
        return Math.Sign(distance) * ((long)MathF.Ceiling(logarithm) + middle);
    }
}
