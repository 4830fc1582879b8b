namespace Rag.Runtime.Distillation;

/// <summary>Which rows the texts of a batch share, and with which texts: the bags turned round. Reused from batch to batch.</summary>
internal sealed class TouchedRows(int rows)
{
    private readonly int[] _slotOf = new int[rows];
    private readonly List<int> _rows = [];
    private readonly List<int> _starts = [];
    private int[] _texts = [];
    private float[] _shares = [];

    /// <summary>Number of rows that the batch touches.</summary>
    public int Count => _rows.Count;

    /// <summary>The row in a slot below <see cref="Count"/>.</summary>
    public int Row(int slot) => _rows[slot];

    /// <summary>The texts that hold the row of a slot, as places in the batch, ascending.</summary>
    public ReadOnlySpan<int> Texts(int slot) => _texts.AsSpan(_starts[slot].._starts[slot + 1]);

    /// <summary>The shares that the row has in those texts.</summary>
    public ReadOnlySpan<float> Shares(int slot) => _shares.AsSpan(_starts[slot].._starts[slot + 1]);

    /// <summary>Turns the bags of a batch round.</summary>
    public void Fill(IReadOnlyList<TokenBag> bags, ReadOnlySpan<int> batch)
    {
        foreach (int row in _rows)
        {
            _slotOf[row] = 0;
        }

        _rows.Clear();
        _starts.Clear();
        int entries = Number(bags, batch);
        if (_texts.Length < entries)
        {
            _texts = new int[2 * entries];
            _shares = new float[2 * entries];
        }

        int[] ends = [.. _starts];
        for (int i = 0; i < batch.Length; i++)
        {
            TokenBag bag = bags[batch[i]];
            for (int k = 0; k < bag.Rows.Length; k++)
            {
                int at = ends[_slotOf[bag.Rows[k]] - 1]++;
                (_texts[at], _shares[at]) = (i, bag.Shares[k]);
            }
        }
    }

    /// <summary>Gives each row a slot, counted from 1 so that 0 means none, and each slot its range.</summary>
    private int Number(IReadOnlyList<TokenBag> bags, ReadOnlySpan<int> batch)
    {
        List<int> counts = [];
        int entries = 0;
        foreach (int text in batch)
        {
            foreach (int row in bags[text].Rows)
            {
                if (_slotOf[row] == 0)
                {
                    _rows.Add(row);
                    counts.Add(0);
                    _slotOf[row] = _rows.Count;
                }

                counts[_slotOf[row] - 1]++;
                entries++;
            }
        }

        int start = 0;
        foreach (int count in counts)
        {
            _starts.Add(start);
            start += count;
        }

        _starts.Add(start);
        return entries;
    }
}
