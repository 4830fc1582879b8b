using System.Text;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>What stands behind a quote to say which source it is of. Immutable.</summary>
internal sealed class QuoteReferences
{
    // In the order of their bytes, and whose each is.
    private readonly byte[][] _texts;
    private readonly int[] _sources;

    /// <exception cref="ArgumentException">One is the beginning of another.</exception>
    public QuoteReferences(IReadOnlyList<QuoteSource> sources, string format)
    {
        _texts = [.. sources.Select(source => Encoding.UTF8.GetBytes(format.Replace(QuoteConstraintOptions.IdPlaceholder, source.Id, StringComparison.Ordinal)))];
        _sources = [.. Enumerable.Range(0, _texts.Length)];
        Array.Sort(_texts, _sources, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        for (int i = 1; i < _texts.Length; i++)
        {
            if (_texts[i].AsSpan().StartsWith(_texts[i - 1]))
            {
                throw new ArgumentException($"A reference to the source '{sources[_sources[i - 1]].Id}' would be the beginning of one to '{sources[_sources[i]].Id}'; choose another {nameof(QuoteConstraintOptions.Reference)}.", nameof(sources));
            }
        }
    }

    /// <summary>Before the first byte.</summary>
    public QuoteRange Start => new(0, _texts.Length, 0);

    /// <summary>Reads one more byte of a reference.</summary>
    /// <returns>Whether a reference goes on so.</returns>
    public bool TryNarrow(QuoteRange range, byte value, out QuoteRange narrowed)
    {
        int low = range.Low, high = range.High;
        while (low < high && _texts[low][range.Depth] < value)
        {
            low++;
        }

        while (high > low && _texts[high - 1][range.Depth] > value)
        {
            high--;
        }

        narrowed = new QuoteRange(low, high, range.Depth + 1);
        return low < high;
    }

    /// <summary>The sources whose references go on from here.</summary>
    public ReadOnlySpan<int> Sources(QuoteRange range) => _sources.AsSpan(range.Low..range.High);

    /// <summary>The source whose reference is whole here; -1 for none.</summary>
    public int Ended(QuoteRange range) => range.High - range.Low == 1 && _texts[range.Low].Length == range.Depth ? _sources[range.Low] : -1;

    /// <summary>What is missing of the shortest reference to one of some sources.</summary>
    public ReadOnlySpan<byte> ShortestEnd(QuoteRange range, Func<int, bool> isOne)
    {
        ReadOnlySpan<byte> best = [];
        bool found = false;
        for (int i = range.Low; i < range.High; i++)
        {
            if ((!found || _texts[i].Length - range.Depth < best.Length) && isOne(_sources[i]))
            {
                best = _texts[i].AsSpan(range.Depth);
                found = true;
            }
        }

        return best;
    }
}
