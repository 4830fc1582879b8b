namespace Rag.Tokenizers.Models;

/// <summary>Tokens as they are found: id and the range of units they cover. Grows; reused from text to text.</summary>
internal sealed class TokenBuffer
{
    private int[] _ids = new int[64];
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];

    public int Count { get; private set; }

    public Span<int> Ids => _ids.AsSpan(0, Count);

    public Span<int> Starts => _starts.AsSpan(0, Count);

    public Span<int> Ends => _ends.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Truncate(int count) => Count = Math.Min(Count, count);

    public void Add(int id, int start, int end)
    {
        int at = Count;
        if (at == _ids.Length)
        {
            Grow(at + 1);
        }

        _ids[at] = id;
        _starts[at] = start;
        _ends[at] = end;
        Count = at + 1;
    }

    public void Trim(int capacity)
    {
        if (_ids.Length > capacity)
        {
            Count = 0;
            _ids = new int[64];
            _starts = new int[64];
            _ends = new int[64];
        }
    }

    private void Grow(int needed)
    {
        int size = (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _ids.Length));
        Array.Resize(ref _ids, size);
        Array.Resize(ref _starts, size);
        Array.Resize(ref _ends, size);
    }
}
