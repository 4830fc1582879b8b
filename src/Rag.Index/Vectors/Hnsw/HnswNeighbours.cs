using Rag.Index.Vectors.Kernels;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors.Hnsw;

/// <summary>Chooses neighbours so that they lie in different directions (algorithm 4 of arXiv 1603.09320).</summary>
internal static unsafe class HnswNeighbours<TKernel>
    where TKernel : struct, IRowKernel
{
    /// <summary>Takes a candidate unless one that is taken already is nearer to it than the row is.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="candidates">Best first, with their scores with the row.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="chosen">Where they go.</param>
    /// <returns>How many were chosen.</returns>
    public static int Choose(RowStore rows, ReadOnlySpan<ulong> candidates, int most, Span<int> chosen)
    {
        int count = 0;
        if (candidates.Length <= most)
        {
            foreach (ulong candidate in candidates)
            {
                chosen[count++] = Candidate.Row(candidate);
            }

            return count;
        }

        int padded = rows.Format.Padded;
        foreach (ulong candidate in candidates)
        {
            if (count == most)
            {
                break;
            }

            int row = Candidate.Row(candidate);
            if (!IsHidden(rows, rows[row], Candidate.Score(candidate), chosen[..count], padded))
            {
                chosen[count++] = row;
            }
        }

        return count;
    }

    private static bool IsHidden(RowStore rows, byte* row, float score, ReadOnlySpan<int> chosen, int padded)
    {
        float* four = stackalloc float[4];
        int i = 0;
        for (; i + 4 <= chosen.Length; i += 4)
        {
            TKernel.Score4(row, rows[chosen[i]], rows[chosen[i + 1]], rows[chosen[i + 2]], rows[chosen[i + 3]], padded, four);
            if (Math.Max(Math.Max(four[0], four[1]), Math.Max(four[2], four[3])) > score)
            {
                return true;
            }
        }

        for (; i < chosen.Length; i++)
        {
            if (TKernel.Score(row, rows[chosen[i]], padded) > score)
            {
                return true;
            }
        }

        return false;
    }
}
