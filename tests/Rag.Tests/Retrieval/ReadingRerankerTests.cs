using FsCheck;
using FsCheck.Fluent;
using Rag.Answering;
using Rag.Reading;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Retrieval;

public sealed class ReadingRerankerTests
{
    private const string Question = "When does the harbour open?";

    /// <summary>Retrieval's score and the reader's margin, or null where it reads nothing, of up to fourteen chunks.</summary>
    private static readonly Gen<(double Score, float? Margin)[]> AnyPassages =
        from count in Gen.Choose(0, 14)
        from passages in Gen.ArrayOf(
            from score in Gen.Choose(-2, 12)
            from margin in Gen.Frequency((1, Gen.Constant<float?>(null)), (5, Gen.Choose(-24, 60).Select(value => (float?)(value / 4f))))
            select (score / 4.0, margin),
            count)
        select passages;

    private static (RetrievedChunk[] Chunks, FakeSpanReader Reader) Make((double Score, float? Margin)[] passages)
    {
        RetrievedChunk[] chunks = [.. passages.Select((passage, i) => Retrieved.Chunk($"Passage {i} says dawn.", $"{i}.txt", passage.Score))];
        Dictionary<string, float?> margins = chunks.Select((chunk, i) => (chunk.Chunk.Text, passages[i].Margin)).ToDictionary();
        return (chunks, new FakeSpanReader(text => margins[text] is { } margin ? FakeSpanReader.At(text, margin, "dawn") : null));
    }

    [Fact]
    public async Task Chunks_are_ordered_by_margin_and_retrieval_together()
    {
        FakeSpanReader reader = FakeSpanReader.Pointing(("alpha", 0), ("beta", 5), ("gamma", 9));
        IReadOnlyList<RetrievedChunk> ordered = await new ReadingReranker(reader).RerankAsync(
            Question, [Retrieved.Chunk("alpha", "a", 4), Retrieved.Chunk("nothing", "n", 4), Retrieved.Chunk("beta", "b", 3), Retrieved.Chunk("gamma", "c", 1)]);
        Assert.Equal(["beta", "alpha", "gamma", "nothing"], ordered.Select(chunk => chunk.Chunk.Text));
        Assert.Equal([14, 12, 12, 11], ordered.Select(chunk => chunk.Score));
        Assert.Equal([3, 4, 1, 4], ordered.Select(chunk => chunk.RetrievalScore));
    }

    [Fact]
    public void Any_readings_add_and_drop_none_and_order_all() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(AnyPassages.ToArbitrary(), async passages =>
        {
            (RetrievedChunk[] chunks, FakeSpanReader reader) = Make(passages);
            IReadOnlyList<RetrievedChunk> ordered = await new ReadingReranker(reader, new ReadingOptions { MaxPassages = 6 }).RerankAsync(Question, chunks);
            Assert.Equal(chunks.Select(chunk => chunk.Chunk.DocumentId).Order(), ordered.Select(chunk => chunk.Chunk.DocumentId).Order());
            if (chunks.Length < 2)
            {
                return true;
            }

            Assert.Equal(Math.Min(6, chunks.Length), reader.Read.Count);
            Assert.All(ordered, chunk => Assert.Equal(chunks.Single(before => before.Chunk == chunk.Chunk).Score, chunk.RetrievalScore));
            Assert.All(ordered, chunk => Assert.True(double.IsFinite(chunk.Score)));

            // Those read keep ties; all behind them, in the order retrieved: first those without a reading, then those not read.
            int readable = passages.Take(6).Count(passage => passage.Margin is not null);
            Assert.All(ordered.Zip(ordered.Skip(1)).Select((pair, i) => (pair, i)), item =>
                Assert.True(item.i + 1 < readable ? item.pair.First.Score >= item.pair.Second.Score : item.pair.First.Score > item.pair.Second.Score));
            RetrievedChunk[] behind = [.. chunks.Where((_, i) => i < 6 && passages[i].Margin is null), .. chunks.Skip(6)];
            Assert.Equal(behind.Select(chunk => chunk.Chunk), ordered.Skip(readable).Select(chunk => chunk.Chunk));
            return true;
        }));

    [Fact]
    public void Reranking_before_reading_gives_the_same_answer_as_reading_alone() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(AnyPassages.ToArbitrary(), async passages =>
        {
            (RetrievedChunk[] chunks, FakeSpanReader reader) = Make(passages);
            ReadingAnswerGenerator generator = new(await Retrieved.IndexOf(chunks), reader, new FakeAnswerGenerator());
            async Task<(string Cited, double? Confidence)> AskAsync(IReadOnlyList<RetrievedChunk> retrieved)
            {
                Answer answer = (await generator.GenerateAsync(new Question(Question), retrieved).ToListAsync())[^1].Answer!;
                return (string.Join(' ', answer.Citations.Select(citation => $"{citation.DocumentId}:{citation.Range}").Order(StringComparer.Ordinal)), answer.Confidence);
            }

            Assert.Equal(await AskAsync(chunks), await AskAsync(await new ReadingReranker(reader).RerankAsync(Question, chunks)));
            return true;
        }));

    [Fact]
    public async Task A_question_that_is_not_in_English_keeps_its_order()
    {
        FakeSpanReader reader = FakeSpanReader.Pointing(("beta", 5));
        RetrievedChunk[] chunks = [Retrieved.Chunk("alpha", "a", 4), Retrieved.Chunk("beta", "b", 3)];
        Assert.Same(chunks, await new ReadingReranker(reader).RerankAsync("항구는 언제 여는가?", chunks));
        Assert.Empty(reader.Read);
    }

    [Fact]
    public async Task Reranking_twice_keeps_what_retrieval_said()
    {
        ReadingReranker reranker = new(FakeSpanReader.Pointing(("alpha", 0), ("beta", 5)));
        IReadOnlyList<RetrievedChunk> once = await reranker.RerankAsync(Question, [Retrieved.Chunk("alpha", "a", 4), Retrieved.Chunk("beta", "b", 3)]);
        Assert.Equal(once, await reranker.RerankAsync(Question, once));
    }

    [Fact]
    public async Task Cancelled_reading_throws() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new ReadingReranker(FakeSpanReader.Pointing())
            .RerankAsync(Question, [Retrieved.Chunk("alpha"), Retrieved.Chunk("beta", "b")], new CancellationToken(true)));
}
