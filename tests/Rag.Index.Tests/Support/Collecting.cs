using Rag.Index.Text;

namespace Rag.Index.Tests.Support;

/// <summary>Gathers terms in a list.</summary>
internal sealed class Collecting : ITermSink
{
    public List<string> Terms { get; } = [];

    public static List<string> Of(ITextAnalyzer analyzer, string text)
    {
        Collecting sink = new();
        analyzer.Analyze(text, sink);
        return sink.Terms;
    }

    public void Add(ReadOnlySpan<char> term) => Terms.Add(term.ToString());
}
