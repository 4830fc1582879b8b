namespace Rag.Models.Networks;

/// <summary>
/// A learned number for each head and bucket of distances, added to the scores (Raffel et al. 2020, T5): half of the buckets
/// serve keys behind the query and half those ahead; of each half, the first half are single distances, the others grow with
/// the logarithm up to a distance from which all share the last.
/// </summary>
/// <param name="Table">[buckets, heads].</param>
/// <param name="MaxDistance">The distance from which all share the last bucket.</param>
internal sealed record RelativeBiasDescription(Weight Table, int MaxDistance)
{
    /// <summary>
    /// The buckets of the distances (key minus query) from -<see cref="MaxDistance"/> to <see cref="MaxDistance"/>, in single precision
    /// as the reference does it (transformers modeling_t5.py, _relative_position_bucket).
    /// </summary>
    public long[] Buckets()
    {
        int half = (int)Table.Shape[0] / 2;
        int single = half / 2;
        long[] buckets = new long[(2 * MaxDistance) + 1];
        for (int distance = -MaxDistance; distance <= MaxDistance; distance++)
        {
            int away = Math.Abs(distance);
            int bucket = away < single
                ? away
                : Math.Min(half - 1, single + (int)(MathF.Log((float)away / single) / MathF.Log((float)MaxDistance / single) * (half - single)));
            buckets[distance + MaxDistance] = bucket + (distance > 0 ? half : 0);
        }

        return buckets;
    }
}
