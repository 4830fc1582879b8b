using Rag.Reading;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Reading;

public sealed class PassageReadingTests
{
    private static readonly FakeSpanReader Reader = FakeSpanReader.Pointing(("alpha", 3), ("beta", -2), ("gamma", 0));

    private static async Task<IReadOnlyList<ReadPassage>> ReadAsync(int count, params RetrievedChunk[] chunks) =>
        await new PassageReading(Reader, new ReadingOptions { RetrievalWeight = 10 }).ReadAsync("q", chunks, count, default);

    [Fact]
    public async Task Score_IsMarginAndRetrievalAsAShareOfTheBest()
    {
        IReadOnlyList<ReadPassage> read = await ReadAsync(9, Retrieved.Chunk("alpha", "a", 4), Retrieved.Chunk("beta", "b", 2), Retrieved.Chunk("gamma", "c", -1));
        Assert.Equal([13, 3, 0], read.Select(passage => passage.Score));
        Assert.Equal([1, 2, 3], read.Select(passage => passage.Source));
    }

    [Fact]
    public async Task Reranked_chunks_count_by_what_retrieval_said()
    {
        IReadOnlyList<ReadPassage> read = await ReadAsync(
            9, Retrieved.Chunk("alpha", "a", -100) with { RetrievalScore = 1 }, Retrieved.Chunk("beta", "b", -101) with { RetrievalScore = 4 });
        Assert.Equal([5.5, 8], read.Select(passage => passage.Score));
    }

    [Fact]
    public async Task The_best_need_not_be_among_those_read()
    {
        ReadPassage read = Assert.Single(await ReadAsync(1, Retrieved.Chunk("alpha", "a", 2), Retrieved.Chunk("beta", "b", 4)));
        Assert.Equal(8, read.Score);
    }

    [Fact]
    public async Task No_reading_is_behind_all()
    {
        ReadPassage read = Assert.Single(await ReadAsync(9, Retrieved.Chunk("nothing", "a", 2)));
        Assert.Null(read.Reading);
        Assert.Equal(double.NegativeInfinity, read.Score);
    }

    [Fact]
    public async Task Scores_of_zero_count_nothing() =>
        Assert.Equal([3, -2], (await ReadAsync(9, Retrieved.Chunk("alpha", "a", 0), Retrieved.Chunk("beta", "b", 0))).Select(passage => passage.Score));
}
