using System.Buffers;
using System.Numerics.Tensors;
using Rag.Index.Filters;

namespace Rag.Index.Vectors;

/// <summary>Exact search: the dot product of a unit vector with every row.</summary>
internal static class VectorScan
{
    /// <summary>Fills <paramref name="scores"/>, one per row.</summary>
    public static void Score(VectorMatrix matrix, ReadOnlySpan<float> query, Span<float> scores, CancellationToken cancellationToken)
    {
        const int Stretch = 1 << 14;
        for (int start = 0; start < matrix.Count; start += Stretch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = start; i < Math.Min(matrix.Count, start + Stretch); i++)
            {
                scores[i] = TensorPrimitives.Dot(matrix.Row(i), query);
            }
        }
    }

    /// <summary>The best rows and the spread of all; where not every row is permitted, of those that are.</summary>
    public static ChunkScores Search(
        VectorMatrix matrix, ReadOnlySpan<float> query, RowSet? permitted, int top, Func<long, string> idOf, CancellationToken cancellationToken)
    {
        if (permitted is not null)
        {
            return SearchPermitted(matrix, query, permitted, top, idOf, cancellationToken);
        }

        float[] rented = ArrayPool<float>.Shared.Rent(matrix.Count);
        try
        {
            Span<float> scores = rented.AsSpan(0, matrix.Count);
            Score(matrix, query, scores, cancellationToken);
            ScoreSpread spread = default;
            foreach (float score in scores)
            {
                spread.Add(score);
            }

            return TopScores.Select(matrix.Keys, scores, top, idOf, spread.StandardDeviation(matrix.Count));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static ChunkScores SearchPermitted(
        VectorMatrix matrix, ReadOnlySpan<float> query, RowSet permitted, int top, Func<long, string> idOf, CancellationToken cancellationToken)
    {
        long[] keys = new long[permitted.Count];
        float[] scores = new float[permitted.Count];
        ScoreSpread spread = default;
        int found = 0;
        for (int row = permitted.Next(0); row >= 0; row = permitted.Next(row + 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            (keys[found], scores[found]) = (matrix.Keys[row], TensorPrimitives.Dot(matrix.Row(row), query));
            spread.Add(scores[found++]);
        }

        return TopScores.Select(keys, scores, top, idOf, spread.StandardDeviation(found));
    }
}
