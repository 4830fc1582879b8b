namespace Rag.Tokenizers.Models;

/// <summary>A binary heap of merge candidates: lowest rank first, leftmost among equals.</summary>
internal sealed class BpeHeap
{
    private ulong[] _items = new ulong[64];
    private int _count;

    public void Reset()
    {
        _items = new ulong[64];
        _count = 0;
    }

    public void Push(int rank, int position)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, (int)Math.Min(Array.MaxLength, 2L * _count));
        }

        ulong item = ((ulong)(uint)rank << 32) | (uint)position;
        int at = _count++;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (_items[parent] <= item)
            {
                break;
            }

            _items[at] = _items[parent];
            at = parent;
        }

        _items[at] = item;
    }

    public bool TryPop(out int rank, out int position)
    {
        if (_count == 0)
        {
            rank = position = 0;
            return false;
        }

        ulong top = _items[0];
        rank = (int)(top >> 32);
        position = (int)(uint)top;
        ulong last = _items[--_count];
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _items[child + 1] < _items[child])
            {
                child++;
            }

            if (_items[child] >= last)
            {
                break;
            }

            _items[at] = _items[child];
            at = child;
        }

        _items[at] = last;
        return true;
    }
}
