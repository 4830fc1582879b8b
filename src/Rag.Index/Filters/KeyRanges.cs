using System.Runtime.InteropServices;

namespace Rag.Index.Filters;

/// <summary>Ranges of keys, ascending, that neither overlap nor touch. Filled once from below, then safe to read from any thread.</summary>
internal sealed class KeyRanges
{
    private readonly List<KeyRange> _ranges = [];

    /// <summary>The ranges.</summary>
    public ReadOnlySpan<KeyRange> Ranges => CollectionsMarshal.AsSpan(_ranges);

    /// <summary>Adds keys that all come after those added before.</summary>
    public void Add(long first, long past)
    {
        if (past <= first)
        {
            return;
        }

        if (_ranges.Count > 0 && _ranges[^1].Past >= first)
        {
            _ranges[^1] = new(_ranges[^1].First, Math.Max(past, _ranges[^1].Past));
        }
        else
        {
            _ranges.Add(new(first, past));
        }
    }

    /// <summary>Whether a key lies in one of them.</summary>
    public bool Contains(long key)
    {
        int low = 0, high = _ranges.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            if (key < _ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (key >= _ranges[middle].Past)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The keys from 1 to before <paramref name="past"/> that lie in none of them.</summary>
    public KeyRanges Complement(long past)
    {
        KeyRanges others = new();
        long next = 1;
        foreach (KeyRange range in Ranges)
        {
            others.Add(next, Math.Min(range.First, past));
            next = range.Past;
        }

        others.Add(next, past);
        return others;
    }

    /// <summary>The rows of ascending keys that lie in one of them.</summary>
    public RowSet Rows(ReadOnlySpan<long> keys)
    {
        RowSet rows = new(keys.Length);
        int from = 0;
        foreach (KeyRange range in Ranges)
        {
            int first = from + LowerBound(keys[from..], range.First);
            from = first + LowerBound(keys[first..], range.Past);
            rows.Add(first, from);
        }

        return rows;
    }

    private static int LowerBound(ReadOnlySpan<long> keys, long key)
    {
        int found = keys.BinarySearch(key);
        return found < 0 ? ~found : found;
    }
}
