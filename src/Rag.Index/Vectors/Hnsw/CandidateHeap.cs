namespace Rag.Index.Vectors.Hnsw;

/// <summary>Candidates of any number, of which the best comes out first.</summary>
internal sealed class CandidateHeap
{
    private ulong[] _items = new ulong[256];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    public void Clear() => Count = 0;

    public void Push(ulong candidate)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, 2 * Count);
        }

        int i = Count++;
        while (i > 0 && _items[(i - 1) >> 1] > candidate)
        {
            _items[i] = _items[(i - 1) >> 1];
            i = (i - 1) >> 1;
        }

        _items[i] = candidate;
    }

    public ulong Pop()
    {
        ulong best = _items[0], last = _items[--Count];
        int i = 0;
        while (true)
        {
            int child = (2 * i) + 1;
            if (child >= Count)
            {
                break;
            }

            child += child + 1 < Count && _items[child + 1] < _items[child] ? 1 : 0;
            if (_items[child] >= last)
            {
                break;
            }

            _items[i] = _items[child];
            i = child;
        }

        _items[i] = last;
        return best;
    }
}
