namespace Rag.Tokenizers.Models;

/// <summary>
/// Merges neighbouring symbols, lowest rank first, leftmost among equals. Few symbols are searched for the lowest rank; many
/// keep their pairs in a heap, so that n symbols cost n log n. Not safe for concurrent use.
/// </summary>
internal sealed class BpeMerger(MergeTable merges, Dictionary<int, (int Left, int Right)>? formed = null)
{
    private const int HeapFrom = 48;

    private readonly BpeHeap _heap = new();
    private int[] _ranks = new int[HeapFrom];
    private int[] _next = [];
    private int[] _previous = [];

    /// <summary>Merges symbols in place; returns how many are left.</summary>
    public int Merge(TokenBuffer symbols) => symbols.Count switch
    {
        <= 1 => symbols.Count,
        < HeapFrom => MergeBySearch(symbols),
        _ => MergeByHeap(symbols),
    };

    /// <summary>Lets go of memory that one huge word left behind.</summary>
    public void Trim(int capacity)
    {
        if (_next.Length > capacity)
        {
            _ranks = new int[HeapFrom];
            _next = _previous = [];
            _heap.Reset();
        }
    }

    private int Join(int left, int right)
    {
        merges.Rank(left, right, out int merged);
        if (formed is not null)
        {
            formed[merged] = (left, right);
        }

        return merged;
    }

    private int MergeBySearch(TokenBuffer symbols)
    {
        int count = symbols.Count;
        Span<int> ids = symbols.Ids;
        Span<int> starts = symbols.Starts;
        Span<int> ends = symbols.Ends;
        Span<int> ranks = _ranks;
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = merges.Rank(ids[i], ids[i + 1], out _);
        }

        while (count > 1)
        {
            int best = 0;
            int bestRank = ranks[0];
            for (int i = 1; i < count - 1; i++)
            {
                if (ranks[i] < bestRank)
                {
                    bestRank = ranks[i];
                    best = i;
                }
            }

            if (bestRank == int.MaxValue)
            {
                break;
            }

            ids[best] = Join(ids[best], ids[best + 1]);
            ends[best] = ends[best + 1];
            int tail = count - best - 2;
            ids.Slice(best + 2, tail).CopyTo(ids[(best + 1)..]);
            starts.Slice(best + 2, tail).CopyTo(starts[(best + 1)..]);
            ends.Slice(best + 2, tail).CopyTo(ends[(best + 1)..]);
            if (tail > 0)
            {
                ranks.Slice(best + 2, tail - 1).CopyTo(ranks[(best + 1)..]);
            }

            count--;
            if (best + 1 < count)
            {
                ranks[best] = merges.Rank(ids[best], ids[best + 1], out _);
            }

            if (best > 0)
            {
                ranks[best - 1] = merges.Rank(ids[best - 1], ids[best], out _);
            }
        }

        return count;
    }

    private int MergeByHeap(TokenBuffer symbols)
    {
        int count = symbols.Count;
        Reserve(count);
        Span<int> ids = symbols.Ids;
        Span<int> starts = symbols.Starts;
        Span<int> ends = symbols.Ends;
        for (int i = 0; i < count; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1;
            _ranks[i] = i + 1 < count ? merges.Rank(ids[i], ids[i + 1], out _) : int.MaxValue;
            if (_ranks[i] != int.MaxValue)
            {
                _heap.Push(_ranks[i], i);
            }
        }

        while (_heap.TryPop(out int rank, out int at))
        {
            // An entry whose pair has changed since counts only if the new pair has the same rank, and then it is as good.
            if (_ranks[at] != rank)
            {
                continue;
            }

            int right = _next[at];
            ids[at] = Join(ids[at], ids[right]);
            ends[at] = ends[right];
            _ranks[right] = int.MaxValue;
            int after = _next[right];
            _next[at] = after;
            if (after < count)
            {
                _previous[after] = at;
            }

            Refresh(ids, at, count);
            if (_previous[at] >= 0)
            {
                Refresh(ids, _previous[at], count);
            }
        }

        int kept = 0;
        for (int i = 0; i < count; i = _next[i])
        {
            (ids[kept], starts[kept], ends[kept]) = (ids[i], starts[i], ends[i]);
            kept++;
        }

        return kept;
    }

    private void Refresh(Span<int> ids, int at, int count)
    {
        int right = _next[at];
        int rank = right < count ? merges.Rank(ids[at], ids[right], out _) : int.MaxValue;
        _ranks[at] = rank;
        if (rank != int.MaxValue)
        {
            _heap.Push(rank, at);
        }
    }

    private void Reserve(int count)
    {
        if (_next.Length < count)
        {
            int size = (int)Math.Min(Array.MaxLength, Math.Max(count, 2L * _next.Length));
            _next = new int[size];
            _previous = new int[size];
            _ranks = new int[size];
        }
    }
}
