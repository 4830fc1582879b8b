using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Rag.Index.Text;

namespace Rag.Index.Tests.Support;

/// <summary>The pipeline of a reference implementation: lower case, tokens by pattern, stop words, Porter2.</summary>
internal sealed class PatternAnalyzer(string pattern, IEnumerable<string> stopWords, bool stem) : ITextAnalyzer
{
    private readonly Regex _tokens = new(pattern, RegexOptions.CultureInvariant);
    private readonly FrozenSet<string> _stopWords = stopWords.ToFrozenSet(StringComparer.Ordinal);

    public string Fingerprint => "test-pattern";

    public void Analyze(ReadOnlySpan<char> text, ITermSink sink)
    {
        foreach (Match match in _tokens.Matches(text.ToString().ToLowerInvariant()))
        {
            if (!_stopWords.Contains(match.Value))
            {
                char[] word = match.Value.ToCharArray();
                sink.Add(word.AsSpan(0, stem ? Porter2Stemmer.Stem(word, word.Length) : word.Length));
            }
        }
    }
}
