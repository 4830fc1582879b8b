using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Rag.Documents;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>
/// The sources as one text of bytes, and the places where quotes may begin in the order of what follows them. A quote that is begun is a range of these
/// places, which a further byte narrows: the same as a state of a suffix automaton, but that it knows each place's own beginning and end. Two
/// and a half bytes for each of the text, nine where quotes may begin anywhere. Immutable.
/// </summary>
internal sealed class QuotableText
{
    // No text has this byte, so that no quote goes on over it.
    private const byte Barrier = 0xFF;

    private readonly QuoteSource[] _sources;
    private readonly int _minCharacters;
    private readonly byte[] _bytes;
    private readonly int[] _sourceStarts;
    private readonly int[] _starts;
    private readonly int[] _reaches;
    private readonly ulong[] _ends;

    public QuotableText(QuoteSource[] sources, QuoteConstraintOptions options)
    {
        _sources = sources;
        _minCharacters = options.MinQuoteCharacters;
        _sourceStarts = new int[sources.Length];
        ArrayBufferWriter<byte> bytes = new(Math.Max(16, sources.Sum(source => source.Text.Length + 1)));
        for (int i = 0; i < sources.Length; i++)
        {
            _sourceStarts[i] = bytes.WrittenCount;
            Write(sources[i].Text, bytes);
            bytes.Write([Barrier]);
        }

        _bytes = bytes.WrittenSpan.ToArray();
        _ends = new ulong[(_bytes.Length >> 6) + 1];
        int[] reachOf = ArrayPool<int>.Shared.Rent(_bytes.Length + 1);
        try
        {
            reachOf.AsSpan(0, _bytes.Length).Clear();
            int count = 0;
            QuotableRanges ranges = new(options, (at, reach) => { reachOf[at] = reach; count++; }, at => _ends[at >> 6] |= 1UL << at);
            for (int i = 0; i < sources.Length; i++)
            {
                ranges.Add(sources[i].Text, _sourceStarts[i]);
            }

            (_starts, _reaches) = (new int[count], new int[count]);
            int next = 0;
            foreach (int at in count == 0 ? [] : SuffixSorter.Sort(_bytes))
            {
                if (reachOf[at] > 0)
                {
                    (_starts[next], _reaches[next++]) = (at, reachOf[at]);
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(reachOf);
        }
    }

    /// <summary>Whether there is anything to quote.</summary>
    public bool IsEmpty => _starts.Length == 0;

    /// <summary>Before the first byte of a quote.</summary>
    public QuoteRange Start => new(0, _starts.Length, 0);

    /// <summary>Reads one more byte of a quote.</summary>
    /// <returns>Whether at some place the source goes on so, to an end within its reach.</returns>
    public bool TryNarrow(QuoteRange range, byte value, out QuoteRange narrowed)
    {
        narrowed = default;
        int low = range.Low;
        if (value == Barrier || range.IsEmpty)
        {
            return false;
        }

        int high = range.High;
        if (high - low == 1)
        {
            if (_bytes[_starts[low] + range.Depth] != value)
            {
                return false;
            }
        }
        else
        {
            low = Search(low, high, range.Depth, value);
            if (low == high || _bytes[_starts[low] + range.Depth] != value)
            {
                return false;
            }

            high = Search(low, high, range.Depth, value + 1);
        }

        narrowed = new QuoteRange(low, high, range.Depth + 1);
        for (int i = low; i < high; i++)
        {
            if (_starts[i] + narrowed.Depth <= _reaches[i])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a quote may end here.</summary>
    public bool CanEnd(QuoteRange range)
    {
        for (int i = range.Low; i < range.High; i++)
        {
            if (EndsAt(i, range.Depth))
            {
                return Characters(range) >= _minCharacters;
            }
        }

        return false;
    }

    /// <summary>
    /// The bytes to the nearest end of the first place that has one; none where the quote may end there. Behind a byte of them that place is still the first.
    /// </summary>
    public ReadOnlySpan<byte> NearestEnd(QuoteRange range)
    {
        int place = range.Low;
        while (place < range.High && _starts[place] + range.Depth > _reaches[place])
        {
            place++;
        }

        if (place >= range.High)
        {
            return [];
        }

        int at = _starts[place], characters = 0, length = 0;
        while (length < range.Depth || characters < _minCharacters || !IsEnd(at + length))
        {
            byte value = _bytes[at + length++];
            characters += value >= 0xF0 ? 2 : (value & 0xC0) == 0x80 ? 0 : 1;
        }

        return _bytes.AsSpan((at + range.Depth)..(at + length));
    }

    /// <summary>The range behind some bytes that a quote goes on with.</summary>
    public QuoteRange Narrow(QuoteRange range, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            TryNarrow(range, value, out range);
        }

        return range;
    }

    /// <summary>Whether one of some sources holds a quote that ends here.</summary>
    public bool IsOf(QuoteRange range, ReadOnlySpan<int> sources)
    {
        for (int i = range.Low; i < range.High; i++)
        {
            if (EndsAt(i, range.Depth) && sources.Contains(SourceAt(_starts[i])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first place of a quote that ends here, and how many there are.</summary>
    /// <param name="range">The quote.</param>
    /// <param name="source">The source whose first place it is to be; -1 for the first of all.</param>
    /// <param name="placeStart">Where the quote begins in the text that quotes.</param>
    public FoundQuote Find(QuoteRange range, int source, int placeStart)
    {
        int first = int.MaxValue, occurrences = 0;
        for (int i = range.Low; i < range.High; i++)
        {
            if (EndsAt(i, range.Depth))
            {
                occurrences++;
                first = source < 0 || SourceAt(_starts[i]) == source ? Math.Min(first, _starts[i]) : first;
            }
        }

        source = SourceAt(first);
        int start = Encoding.UTF8.GetCharCount(_bytes.AsSpan(_sourceStarts[source]..first));
        int end = start + Encoding.UTF8.GetCharCount(_bytes.AsSpan(first, range.Depth));
        return new FoundQuote(_sources[source].Id, new TextRange(start, end), _sources[source].Text[start..end], new TextRange(placeStart, placeStart + end - start), occurrences);
    }

    // A barrier ends each source, so that no two begin at one byte.
    private int SourceAt(int at)
    {
        int index = Array.BinarySearch(_sourceStarts, at);
        return index < 0 ? ~index - 1 : index;
    }

    private bool EndsAt(int i, int depth)
    {
        int at = _starts[i] + depth;
        return at <= _reaches[i] && IsEnd(at);
    }

    private bool IsEnd(int at) => (_ends[at >> 6] >> at & 1) != 0;

    private int Characters(QuoteRange range) => Encoding.UTF8.GetCharCount(_bytes.AsSpan(_starts[range.Low], range.Depth));

    // The first place of a range whose next byte is not below a value.
    private int Search(int low, int high, int depth, int value)
    {
        while (low < high)
        {
            int middle = (int)((uint)(low + high) >> 1);
            if (_bytes[_starts[middle] + depth] < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static void Write(string text, ArrayBufferWriter<byte> bytes)
    {
        ReadOnlySpan<char> rest = text;
        while (true)
        {
            OperationStatus status = Utf8.FromUtf16(rest, bytes.GetSpan((rest.Length * 3) + 1), out int read, out int written, replaceInvalidSequences: false);
            bytes.Advance(written);
            if (status == OperationStatus.Done)
            {
                return;
            }

            bytes.Write([Barrier]);
            rest = rest[(read + 1)..];
        }
    }
}
