using Rag.Index.Vectors.Kernels;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors.Hnsw;

/// <summary>
/// Adds rows to a graph (algorithm 1 of arXiv 1603.09320). A row's own lists are complete in all layers before any other row leads
/// to it, so that several threads can add at once.
/// </summary>
internal sealed unsafe class HnswInsertion<TKernel>(HnswGraph graph, RowStore rows, int efConstruction)
    where TKernel : struct, IRowKernel
{
    private readonly int _padded = rows.Format.Padded;

    /// <summary>Adds a row, for which there is room.</summary>
    public void Add(int row, HnswScratch scratch)
    {
        int level = graph.DrawLevel(row);
        graph.SetLevel(row, level);
        if (level > graph.Entry.Level || graph.Entry.Row < 0)
        {
            lock (graph.Top)
            {
                Link(row, level, scratch);
                if (level > graph.Entry.Level || graph.Entry.Row < 0)
                {
                    graph.Entry = (row, level);
                }
            }

            return;
        }

        Link(row, level, scratch);
    }

    /// <summary>Finds neighbours for a row that is in its layers, and makes it theirs.</summary>
    public void Link(int row, int level, HnswScratch scratch)
    {
        int top = graph.Entry.Level;
        HnswSearch<TKernel> search = new(graph, rows, graph.Capacity);
        ulong entry = search.Descend(rows[row], level);
        if (entry == ulong.MaxValue || (Candidate.Row(entry) == row && top == 0))
        {
            return;
        }

        Span<int> counts = stackalloc int[HnswGraph.MaxLevel + 1];
        counts.Clear();
        int highest = Math.Min(level, top);
        for (int layer = highest, place = 0; layer >= 0; place += counts[layer--])
        {
            search.Layer(rows[row], entry, efConstruction, layer, scratch);
            ReadOnlySpan<ulong> found = WithoutMarks(scratch, row);
            counts[layer] = HnswNeighbours<TKernel>.Choose(rows, found, graph.M, scratch.Chosen.AsSpan(place, graph.M));
            entry = found.IsEmpty ? entry : found[0];
        }

        for (int layer = highest, place = 0; layer >= 0; place += counts[layer--])
        {
            Locked(row, layer, scratch.Chosen.AsSpan(place, counts[layer]));
        }

        for (int layer = highest, place = 0; layer >= 0; place += counts[layer--])
        {
            foreach (int neighbour in scratch.Chosen.AsSpan(place, counts[layer]))
            {
                LinkBack(neighbour, row, layer, scratch);
            }
        }
    }

    /// <summary>Adds a neighbour to a row's list; a full list is chosen anew.</summary>
    public void LinkBack(int row, int neighbour, int level, HnswScratch scratch)
    {
        ref SpinLock held = ref graph.LockOf(row);
        bool taken = false;
        try
        {
            held.Enter(ref taken);
            ReadOnlySpan<int> links = graph.Links(row, level);
            if (links.Contains(neighbour))
            {
                return;
            }

            Span<int> list = graph.List(row, level);
            if (links.Length < list.Length - 1)
            {
                Volatile.Write(ref list[links.Length + 1], neighbour);
                Volatile.Write(ref list[0], links.Length + 1);
            }
            else if (!list.IsEmpty)
            {
                Span<ulong> choices = scratch.ChoicesOf(links.Length + 1);
                choices[^1] = Candidate.Create(TKernel.Score(rows[row], rows[neighbour], _padded), neighbour);
                Score(row, links, choices);
                choices.Sort();
                Span<int> chosen = stackalloc int[links.Length];
                graph.SetLinks(row, level, chosen[..HnswNeighbours<TKernel>.Choose(rows, choices, links.Length, chosen)]);
            }
        }
        finally
        {
            if (taken)
            {
                held.Exit(useMemoryBarrier: true);
            }
        }
    }

    /// <summary>The scores of a row with some others, as candidates.</summary>
    public void Score(int row, ReadOnlySpan<int> others, Span<ulong> candidates)
    {
        float* four = stackalloc float[4];
        int i = 0;
        for (; i + 4 <= others.Length; i += 4)
        {
            TKernel.Score4(rows[row], rows[others[i]], rows[others[i + 1]], rows[others[i + 2]], rows[others[i + 3]], _padded, four);
            for (int j = 0; j < 4; j++)
            {
                candidates[i + j] = Candidate.Create(four[j], others[i + j]);
            }
        }

        for (; i < others.Length; i++)
        {
            candidates[i] = Candidate.Create(TKernel.Score(rows[row], rows[others[i]], _padded), others[i]);
        }
    }

    private void Locked(int row, int layer, ReadOnlySpan<int> links)
    {
        ref SpinLock held = ref graph.LockOf(row);
        bool taken = false;
        try
        {
            held.Enter(ref taken);
            graph.SetLinks(row, layer, links);
        }
        finally
        {
            if (taken)
            {
                held.Exit(useMemoryBarrier: true);
            }
        }
    }

    private static ReadOnlySpan<ulong> WithoutMarks(HnswScratch scratch, int self)
    {
        Span<ulong> found = scratch.Found.Items;
        int kept = 0;
        foreach (ulong candidate in found)
        {
            if (Candidate.Row(candidate) != self)
            {
                found[kept++] = candidate & ~Candidate.Expanded;
            }
        }

        return found[..kept];
    }
}
