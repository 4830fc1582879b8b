using Rag.Documents;
using Rag.Reading;

namespace Rag.Tests.Fakes;

/// <summary>Readings by a function of the passage; remembers what was asked.</summary>
internal sealed class FakeSpanReader(Func<string, SpanReading?> read) : ISpanReader
{
    public List<string> Read { get; } = [];

    public List<string> Questions { get; } = [];

    /// <summary>A reading of the words where they first stand, each a bit less likely than the one before.</summary>
    public static SpanReading At(string passage, float margin, params string[] words) =>
        new([.. words.Select((word, i) => new ScoredSpan(RangeOf(passage, word), 1 + margin - (i * .01f)))], 1);

    /// <summary>In a passage that has the words, the words; in the others nothing.</summary>
    public static FakeSpanReader Pointing(params (string Words, float Margin)[] script) => new(passage =>
        script.Where(entry => passage.Contains(entry.Words, StringComparison.Ordinal)).Select(entry => At(passage, entry.Margin, entry.Words)).FirstOrDefault());

    public ValueTask<IReadOnlyList<SpanReading?>> ReadAsync(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Questions.Add(question);
        Read.AddRange(passages);
        return new([.. passages.Select(read)]);
    }

    private static TextRange RangeOf(string passage, string words)
    {
        int start = passage.IndexOf(words, StringComparison.Ordinal);
        return new TextRange(start, start + words.Length);
    }
}
