using Rag.Documents;
using Rag.Reading;

namespace Rag.Tests.Reading;

public sealed class RememberingSpanReaderTests
{
    [Fact]
    public async Task Each_passage_is_read_once_per_question_and_given_in_the_order_asked()
    {
        CountingReader inner = new();
        RememberingSpanReader reader = new(inner);
        Assert.Equal([1, null, 3], (await reader.ReadAsync("q", ["a", "", "ccc"])).Select(reading => reading?.Best.Range.End));
        Assert.Equal([3, 2], (await reader.ReadAsync("q", ["ccc", "bb"])).Select(reading => reading?.Best.Range.End));
        Assert.Equal([1], (await reader.ReadAsync("other", ["a"])).Select(reading => reading?.Best.Range.End));
        Assert.Equal(["q:a", "q:", "q:ccc", "q:bb", "other:a"], inner.Read);
    }

    private sealed class CountingReader : ISpanReader
    {
        public List<string> Read { get; } = [];

        public ValueTask<IReadOnlyList<SpanReading?>> ReadAsync(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
        {
            Read.AddRange(passages.Select(passage => $"{question}:{passage}"));
            return new([.. passages.Select(passage => passage.Length == 0 ? null : new SpanReading([new ScoredSpan(new TextRange(0, passage.Length), 1)], 0))]);
        }
    }
}
