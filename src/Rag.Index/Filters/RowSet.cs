using System.Numerics;

namespace Rag.Index.Filters;

/// <summary>
/// The rows of a vector matrix that a search may return, one bit each. Filled once, then safe to read from any thread.
/// </summary>
internal sealed class RowSet(int rows)
{
    private readonly ulong[] _bits = new ulong[(rows + 63) / 64];

    /// <summary>Rows of the matrix, permitted or not.</summary>
    public int Rows => rows;

    /// <summary>Rows that are permitted.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a row is permitted.</summary>
    public bool this[int row] => (_bits[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>Permits the rows from <paramref name="first"/> to before <paramref name="past"/>.</summary>
    public void Add(int first, int past)
    {
        for (int row = first; row < past; row++)
        {
            ulong bit = 1UL << (row & 63);
            if ((_bits[row >> 6] & bit) == 0)
            {
                _bits[row >> 6] |= bit;
                Count++;
            }
        }
    }

    /// <summary>The first permitted row from <paramref name="from"/> on, or -1.</summary>
    public int Next(int from)
    {
        int word = from >> 6;
        if (word >= _bits.Length)
        {
            return -1;
        }

        ulong bits = _bits[word] & (ulong.MaxValue << (from & 63));
        while (bits == 0)
        {
            if (++word == _bits.Length)
            {
                return -1;
            }

            bits = _bits[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }
}
