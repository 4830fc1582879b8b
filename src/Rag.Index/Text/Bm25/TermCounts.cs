using System.Text;

namespace Rag.Index.Text;

/// <summary>Gathers terms with their positions while an analyzer hands them over.</summary>
internal sealed class TermCounts : ITermSink
{
    private readonly Dictionary<string, List<int>> _positions = new(StringComparer.Ordinal);
    private List<(byte[] Term, List<int> Positions)>? _sorted;
    private int _position = -1;

    /// <summary>Terms counted, repeats included, those at another's position not (as Lucene): the length of BM25.</summary>
    public int Length { get; private set; }

    /// <summary>Each term with its positions, ascending, in the order of first coming.</summary>
    public IReadOnlyDictionary<string, List<int>> Positions => _positions;

    /// <summary>The terms as UTF-8 in order of bytes, as records have them, with their positions; made when first asked for.</summary>
    public IReadOnlyList<(byte[] Term, List<int> Positions)> Sorted => _sorted ??= Sort();

    /// <summary>Gathers the terms of a text.</summary>
    public static TermCounts Of(ITextAnalyzer analyzer, string text)
    {
        TermCounts counts = new();
        analyzer.Analyze(text, counts);
        return counts;
    }

    public void Add(ReadOnlySpan<char> term) => Add(term, 1);

    public void Add(ReadOnlySpan<char> term, int increment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(increment);
        increment = _position < 0 ? Math.Max(1, increment) : increment;
        _position = checked(_position + increment);
        if (term.IsEmpty)
        {
            return;
        }

        // Terms are stored as UTF-8: half a surrogate pair must count as what it will be stored as.
        if (term.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            term = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(term.ToArray()));
        }

        Length = checked(Length + Math.Min(1, increment));
        var lookup = _positions.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(term, out List<int>? positions))
        {
            lookup[term] = positions = [];
        }

        positions.Add(_position);
    }

    private List<(byte[] Term, List<int> Positions)> Sort()
    {
        List<(byte[] Term, List<int> Positions)> sorted = new(_positions.Count);
        foreach ((string term, List<int> positions) in _positions)
        {
            sorted.Add((Encoding.UTF8.GetBytes(term), positions));
        }

        sorted.Sort((a, b) => a.Term.AsSpan().SequenceCompareTo(b.Term));
        return sorted;
    }
}
