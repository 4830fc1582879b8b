namespace Rag.Index.Vectors.Hnsw;

/// <summary>The best candidates found, sorted, with room for a fixed number.</summary>
internal sealed class CandidateList
{
    private ulong[] _items = [];
    private int _capacity;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, best first.</summary>
    public Span<ulong> Items => _items.AsSpan(0, Count);

    /// <summary>The worst that still has a place; a new one must be less than this.</summary>
    public ulong Worst => Count < _capacity ? ulong.MaxValue : _items[Count - 1];

    /// <summary>Empties it and sets how many it keeps.</summary>
    public void Reset(int capacity)
    {
        (Count, _capacity) = (0, capacity);
        if (_items.Length < capacity)
        {
            _items = new ulong[capacity];
        }
    }

    /// <summary>Puts a candidate that is better than <see cref="Worst"/> into its place; the last one drops out of a full list.</summary>
    /// <returns>The place.</returns>
    public int Insert(ulong candidate)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_items[middle] < candidate)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        int moved = Math.Min(Count, _capacity - 1) - low;
        if (moved > 0)
        {
            Array.Copy(_items, low, _items, low + 1, moved);
        }

        _items[low] = candidate;
        Count = Math.Min(Count + 1, _capacity);
        return low;
    }
}
