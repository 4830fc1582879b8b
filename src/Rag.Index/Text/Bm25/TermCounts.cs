using System.Text;

namespace Rag.Index.Text;

/// <summary>Counts terms while an analyzer hands them over.</summary>
internal sealed class TermCounts : ITermSink
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Terms counted, repeats included: the length of BM25.</summary>
    public int Length { get; private set; }

    /// <summary>Each term with how often it came, in the order of first coming.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Counts the terms of a text.</summary>
    public static TermCounts Of(ITextAnalyzer analyzer, string text)
    {
        TermCounts counts = new();
        analyzer.Analyze(text, counts);
        return counts;
    }

    public void Add(ReadOnlySpan<char> term)
    {
        if (term.IsEmpty)
        {
            return;
        }

        // Terms are stored as UTF-8: half a surrogate pair must count as what it will be stored as.
        if (term.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            term = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(term.ToArray()));
        }

        Length = checked(Length + 1);
        var lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        lookup[term] = lookup.TryGetValue(term, out int count) ? count + 1 : 1;
    }
}
