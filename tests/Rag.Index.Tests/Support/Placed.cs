using Rag.Index.Text;

namespace Rag.Index.Tests.Support;

/// <summary>Gathers terms with their positions, as "term@position".</summary>
internal sealed class Placed : ITermSink
{
    private readonly List<string> _terms = [];
    private int _position = -1;

    public static string Of(ITextAnalyzer analyzer, string text)
    {
        Placed sink = new();
        analyzer.Analyze(text, sink);
        return string.Join(' ', sink._terms);
    }

    public void Add(ReadOnlySpan<char> term) => Add(term, 1);

    public void Add(ReadOnlySpan<char> term, int increment)
    {
        _position += increment;
        _terms.Add($"{term}@{_position}");
    }
}
