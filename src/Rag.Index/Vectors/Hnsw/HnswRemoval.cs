using Rag.Index.Filters;
using Rag.Index.Vectors.Kernels;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors.Hnsw;

/// <summary>
/// Takes rows out of a graph: whoever led to one of them chooses anew among its other neighbours and those of the rows taken out
/// (delete consolidation, algorithm 4 of Singh and others 2021, arXiv 2105.09613), and its new neighbours lead back to it. Searches
/// may run meanwhile; nothing else may change the graph.
/// </summary>
internal sealed unsafe class HnswRemoval<TKernel>(HnswGraph graph, RowStore rows, HnswInsertion<TKernel> insertion)
    where TKernel : struct, IRowKernel
{
    private readonly HnswScratch _scratch = new();
    private readonly HashSet<int> _seen = [];

    /// <summary>Takes rows out.</summary>
    /// <param name="removed">The rows.</param>
    /// <param name="count">Rows of the graph.</param>
    /// <param name="cancellationToken">Ends the work between two rows; it can be done again.</param>
    public void Remove(RowSet removed, int count, CancellationToken cancellationToken)
    {
        MoveEntry(removed, count);
        List<(int Row, int Level)> lost = [];
        for (int row = 0; row < count; row++)
        {
            if ((row & 1023) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            int level = removed[row] ? -1 : graph.Level(row);
            for (int layer = 0; layer <= level; layer++)
            {
                if (LeadsTo(removed, graph.Links(row, layer)) && !Repair(row, layer, removed))
                {
                    lost.Add((row, level));
                }
            }
        }

        for (int row = removed.Next(0); row >= 0 && row < count; row = row + 1 < removed.Rows ? removed.Next(row + 1) : -1)
        {
            for (int layer = graph.Level(row); layer >= 0; layer--)
            {
                graph.SetLinks(row, layer, []);
            }
        }

        foreach ((int row, int level) in lost.Distinct())
        {
            insertion.Link(row, level, _scratch);
        }
    }

    private void MoveEntry(RowSet removed, int count)
    {
        (int entry, _) = graph.Entry;
        if (entry < 0 || !removed[entry])
        {
            return;
        }

        (int Row, int Level) highest = (-1, -1);
        for (int row = 0; row < count; row++)
        {
            if (!removed[row] && graph.Level(row) is var level && level > highest.Level)
            {
                highest = (row, level);
            }
        }

        graph.Entry = highest;
    }

    // False where no neighbour is left.
    private bool Repair(int row, int layer, RowSet removed)
    {
        ReadOnlySpan<int> links = graph.Links(row, layer);
        _seen.Clear();
        _seen.Add(row);
        foreach (int neighbour in links)
        {
            if (!removed[neighbour])
            {
                _seen.Add(neighbour);
            }
        }

        int[] kept = [.. _seen];
        foreach (int neighbour in links)
        {
            if (removed[neighbour])
            {
                foreach (int beyond in graph.Links(neighbour, layer))
                {
                    if (!removed[beyond])
                    {
                        _seen.Add(beyond);
                    }
                }
            }
        }

        _seen.Remove(row);
        int[] others = [.. _seen];
        Span<ulong> choices = _scratch.ChoicesOf(others.Length);
        insertion.Score(row, others, choices);
        choices.Sort();
        int[] chosen = new int[graph.MostLinks(layer)];
        int count = HnswNeighbours<TKernel>.Choose(rows, choices, chosen.Length, chosen);
        graph.SetLinks(row, layer, chosen.AsSpan(0, count));
        foreach (int neighbour in chosen.AsSpan(0, count))
        {
            if (Array.IndexOf(kept, neighbour) < 0)
            {
                insertion.LinkBack(neighbour, row, layer, _scratch);
            }
        }

        return count > 0;
    }

    private static bool LeadsTo(RowSet removed, ReadOnlySpan<int> links)
    {
        foreach (int link in links)
        {
            if (removed[link])
            {
                return true;
            }
        }

        return false;
    }
}
