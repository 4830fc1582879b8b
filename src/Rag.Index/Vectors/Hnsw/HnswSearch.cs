using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Rag.Index.Filters;
using Rag.Index.Vectors.Kernels;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors.Hnsw;

/// <summary>Searches a graph (algorithms 2 and 5 of arXiv 1603.09320). Safe while rows are added and taken out.</summary>
/// <param name="graph">The links.</param>
/// <param name="rows">The rows.</param>
/// <param name="limit">Rows from this on are not looked at.</param>
internal readonly unsafe struct HnswSearch<TKernel>(HnswGraph graph, RowStore rows, int limit)
    where TKernel : struct, IRowKernel
{
    private readonly int _padded = rows.Format.Padded;

    /// <summary>Follows an upper layer to the row that is locally the best, from the highest layer down to above <paramref name="level"/>.</summary>
    public ulong Descend(byte* query, int level)
    {
        (int row, int top) = graph.Entry;
        if ((uint)row >= (uint)limit)
        {
            return ulong.MaxValue;
        }

        ulong best = Candidate.Create(TKernel.Score(query, rows[row], _padded), row);
        for (int layer = top; layer > level; layer--)
        {
            for (bool moved = true; moved;)
            {
                moved = false;
                foreach (int next in graph.Links(Candidate.Row(best), layer))
                {
                    if ((uint)next < (uint)limit)
                    {
                        ulong candidate = Candidate.Create(TKernel.Score(query, rows[next], _padded), next);
                        (best, moved) = candidate < best ? (candidate, true) : (best, moved);
                    }
                }
            }
        }

        return best;
    }

    /// <summary>Fills <see cref="HnswScratch.Found"/> with the best <paramref name="ef"/> rows of a layer.</summary>
    public void Layer(byte* query, ulong entry, int ef, int level, HnswScratch scratch)
    {
        CandidateList found = scratch.Found;
        found.Reset(ef);
        ushort[] visited = scratch.Forget(limit);
        ushort mark = scratch.Mark;
        visited[Candidate.Row(entry)] = mark;
        found.Insert(entry);
        Span<float> scores = stackalloc float[4];
        fixed (float* four = scores)
        fixed (int* fresh = scratch.Fresh)
        {
            for (int next = 0; next < found.Count;)
            {
                ref ulong candidate = ref found.Items[next];
                if ((candidate & Candidate.Expanded) != 0)
                {
                    next++;
                    continue;
                }

                candidate |= Candidate.Expanded;
                int count = Fresh(Candidate.Row(candidate), level, visited, mark, fresh);
                int lowest = next + 1;
                for (int i = 0; i < count; i += 4)
                {
                    int group = Score(query, fresh + i, count - i, four);
                    for (int j = 0; j < group; j++)
                    {
                        ulong seen = Candidate.Create(four[j], fresh[i + j]);
                        if (seen < found.Worst)
                        {
                            lowest = Math.Min(lowest, found.Insert(seen));
                        }
                    }
                }

                next = lowest;
            }
        }
    }

    /// <summary>
    /// Fills <see cref="HnswScratch.Permitted"/> with the best <paramref name="ef"/> rows of the lowest layer that are permitted; the way
    /// to them leads through the others too.
    /// </summary>
    /// <returns>False where more than <paramref name="budget"/> rows were compared: comparing all permitted rows costs less.</returns>
    public bool Permitted(byte* query, ulong entry, int ef, RowSet permitted, int budget, HnswScratch scratch)
    {
        CandidateList found = scratch.Permitted;
        CandidateHeap open = scratch.Open;
        found.Reset(ef);
        open.Clear();
        ushort[] visited = scratch.Forget(limit);
        ushort mark = scratch.Mark;
        visited[Candidate.Row(entry)] = mark;
        open.Push(entry);
        if (permitted[Candidate.Row(entry)])
        {
            found.Insert(entry);
        }

        Span<float> scores = stackalloc float[4];
        fixed (float* four = scores)
        fixed (int* fresh = scratch.Fresh)
        {
            while (open.Count > 0)
            {
                ulong candidate = open.Pop();
                if (candidate > found.Worst)
                {
                    return true;
                }

                int count = Fresh(Candidate.Row(candidate), 0, visited, mark, fresh);
                if ((budget -= count) < 0)
                {
                    return false;
                }

                for (int i = 0; i < count; i += 4)
                {
                    int group = Score(query, fresh + i, count - i, four);
                    for (int j = 0; j < group; j++)
                    {
                        ulong seen = Candidate.Create(four[j], fresh[i + j]);
                        if (seen < found.Worst)
                        {
                            open.Push(seen);
                            if (permitted[fresh[i + j]])
                            {
                                found.Insert(seen);
                            }
                        }
                    }
                }
            }
        }

        return found.Count > 0;
    }

    // Neighbours not seen before; their rows are on the way from memory while the rest is gathered.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Fresh(int row, int level, ushort[] visited, ushort mark, int* fresh)
    {
        int count = 0;
        foreach (int neighbour in graph.Links(row, level))
        {
            if ((uint)neighbour < (uint)limit && visited[neighbour] != mark)
            {
                visited[neighbour] = mark;
                fresh[count++] = neighbour;
                if (Sse.IsSupported)
                {
                    byte* start = rows[neighbour];
                    Sse.Prefetch0(start);
                    Sse.Prefetch0(start + 64);
                    Sse.Prefetch0(start + 128);
                    Sse.Prefetch0(start + 192);
                }
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Score(byte* query, int* fresh, int count, float* scores)
    {
        if (count >= 4)
        {
            TKernel.Score4(query, rows[fresh[0]], rows[fresh[1]], rows[fresh[2]], rows[fresh[3]], _padded, scores);
            return 4;
        }

        for (int i = 0; i < count; i++)
        {
            scores[i] = TKernel.Score(query, rows[fresh[i]], _padded);
        }

        return count;
    }
}
