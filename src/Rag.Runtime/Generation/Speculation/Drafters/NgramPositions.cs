using System.Buffers;

namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>
/// Where each n-gram of a growing sequence ended first. Finding and adding take the same time however long the sequence is: a
/// table of places that are looked at up to a bound, behind which an n-gram is not kept. Not thread-safe.
/// </summary>
internal sealed class NgramPositions : IDisposable
{
    private const int MostProbes = 16;
    private const int SizeBits = 3;

    // Where the n-gram ends and its size; 0 for a free place.
    private long[] _places = [];
    private int _mask;
    private int _count;

    /// <summary>Makes room for some n-grams more.</summary>
    public void Reserve(int more, ReadOnlySpan<int> sequence)
    {
        long needed = 2L * (_count + (long)more);
        if (needed <= _mask)
        {
            return;
        }

        long[] old = _places;
        int oldLength = old.Length == 0 ? 0 : _mask + 1;
        int length = 1024;
        while (length < needed && length < 1 << 30)
        {
            length *= 2;
        }

        _places = ArrayPool<long>.Shared.Rent(length);
        _places.AsSpan(0, length).Clear();
        (_mask, _count) = (length - 1, 0);
        for (int i = 0; i < oldLength; i++)
        {
            if (old[i] != 0)
            {
                (int end, int size) = Unpack(old[i]);
                Add(sequence, end, size);
            }
        }

        if (old.Length > 0)
        {
            ArrayPool<long>.Shared.Return(old);
        }
    }

    /// <summary>Keeps where an n-gram ends, unless it ended somewhere before.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="end">The place behind its last token.</param>
    /// <param name="size">Its tokens, 1 to 8.</param>
    public void Add(ReadOnlySpan<int> sequence, int end, int size)
    {
        ReadOnlySpan<int> ngram = sequence.Slice(end - size, size);
        int at = Hash(ngram);
        for (int probe = 0; probe < MostProbes; probe++, at++)
        {
            ref long place = ref _places[at & _mask];
            if (place == 0)
            {
                place = ((long)end << SizeBits) | (long)(size - 1);
                _count++;
                return;
            }

            if (Is(place, sequence, ngram))
            {
                return;
            }
        }
    }

    /// <summary>The place behind the first occurrence of an n-gram; -1 where none is known.</summary>
    public int Find(ReadOnlySpan<int> sequence, ReadOnlySpan<int> ngram)
    {
        if (_places.Length == 0)
        {
            return -1;
        }

        int at = Hash(ngram);
        for (int probe = 0; probe < MostProbes; probe++, at++)
        {
            long place = _places[at & _mask];
            if (place == 0)
            {
                break;
            }

            if (Is(place, sequence, ngram))
            {
                return Unpack(place).End;
            }
        }

        return -1;
    }

    public void Dispose()
    {
        if (_places.Length > 0)
        {
            ArrayPool<long>.Shared.Return(_places);
            _places = [];
        }
    }

    private static bool Is(long place, ReadOnlySpan<int> sequence, ReadOnlySpan<int> ngram)
    {
        (int end, int size) = Unpack(place);
        return size == ngram.Length && sequence.Slice(end - size, size).SequenceEqual(ngram);
    }

    private static (int End, int Size) Unpack(long place) => ((int)(place >> SizeBits), (int)(place & ((1 << SizeBits) - 1)) + 1);

    private static int Hash(ReadOnlySpan<int> ngram) => (int)(NgramHash.Of(ngram) >> 33);
}
