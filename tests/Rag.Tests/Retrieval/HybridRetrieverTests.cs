using Rag.Index;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Retrieval;

public sealed class HybridRetrieverTests
{
    private static async Task<FakeIndex> IndexAsync()
    {
        FakeIndex index = new();
        await index.AddAsync(
            ("a", "the harbour opens at dawn", [1, 0, 0]),
            ("b", "the library opens at nine", [0, 1, 0]),
            ("c", "ships leave the harbour", [.8f, .6f, 0]),
            ("d", "nothing to see", [0, 0, 1]));
        return index;
    }

    private static FakeEmbedder Embedder(params float[] vector) => new(_ => vector, vector.Length);

    [Fact]
    public async Task Hybrid_EveryResult_CarriesBothTrueScores()
    {
        FakeIndex index = await IndexAsync();
        IReadOnlyList<RetrievedChunk> found = await new HybridRetriever(index, Embedder(1, 0, 0)).RetrieveAsync("harbour", 10);

        Assert.Equal("a", found[0].Chunk.Id);
        Assert.Equal(4, found.Count);
        ChunkScores text = await index.SearchTextAsync("harbour", 10);
        foreach (RetrievedChunk item in found)
        {
            int at = text.Ids.ToList().IndexOf(item.Chunk.Id);
            Assert.Equal(at < 0 ? 0 : text.Scores[at], item.Bm25);
            Assert.NotNull(item.Dense);
        }
    }

    [Fact]
    public async Task Hybrid_FormulaByHand_GivesTheScore()
    {
        FakeIndex index = await IndexAsync();
        float[] query = [1, 0, 0];
        RetrievedChunk second = (await new HybridRetriever(index, Embedder(query)).RetrieveAsync("harbour", 10)).First(item => item.Chunk.Id == "c");

        float[] dense = [1, 0, .8f, 0], text = [.. (await index.ScoreTextAsync("harbour", ["a", "b", "c", "d"]))!];
        static double Gap(float[] s) => Math.Max((s.Max() - s.Min()) / Math.Sqrt(s.Average(x => Math.Pow(x - s.Average(), 2))), .001);
        double u = .8 * Math.Sqrt(Gap(dense)), v = .2 * Math.Sqrt(Gap(text)), w = u / (u + v);
        Assert.Equal((w * 1.8 / 2) + ((1 - w) * text[2] / text.Max()), second.Score, 5);
    }

    [Fact]
    public async Task Hybrid_StoreWithoutTrueScores_UsesTheLastScoreNotTheFloor()
    {
        FakeIndex index = await IndexAsync();
        index.KnowsTrueScores = false;
        HybridRetriever retriever = new(index, Embedder(1, 0, 0), new HybridRetrieverOptions { Pool = 1, Fusion = new Tm2c2Fusion(.5) });

        IReadOnlyList<RetrievedChunk> found = await retriever.RetrieveAsync("library", 1);
        Assert.Single(found);

        // Pool 1: dense finds "a" (1.0), text finds "b". Each gets the other side's last score, so the two tie; the id decides.
        Assert.Equal("a", found[0].Chunk.Id);
        Assert.Equal(1.0, found[0].Score, 6);
        Assert.Null(found[0].Bm25);
    }

    [Fact]
    public async Task Hybrid_NoWordOfTheQueryIndexed_IsDenseAlone()
    {
        IReadOnlyList<RetrievedChunk> found = await new HybridRetriever(await IndexAsync(), Embedder(0, 1, 0)).RetrieveAsync("???", 2);
        Assert.Equal(["b", "c"], found.Select(item => item.Chunk.Id));
        Assert.Equal(1.0, found[0].Score, 6);
    }

    [Fact]
    public async Task NoEmbedder_IsBm25AloneWithItsScore()
    {
        IReadOnlyList<RetrievedChunk> found = await new HybridRetriever(await IndexAsync()).RetrieveAsync("harbour", 10);
        Assert.Equal(["c", "a"], found.Select(item => item.Chunk.Id));
        Assert.All(found, item => Assert.Equal(item.Score, item.Bm25!.Value, 6));
        Assert.All(found, item => Assert.Null(item.Dense));
    }

    [Fact]
    public async Task TextOnlyIndex_WithAnEmbedder_IsBm25Alone()
    {
        FakeIndex index = new();
        await index.AddAsync(("a", "harbour", null));
        Assert.Null(Assert.Single(await new HybridRetriever(index, Embedder(1, 0)).RetrieveAsync("harbour", 5)).Dense);
    }

    [Theory]
    [InlineData(RetrievalMode.Hybrid)]
    [InlineData(RetrievalMode.Bm25)]
    [InlineData(RetrievalMode.Dense)]
    public async Task EmptyIndexOrBlankQuery_GivesNothing(RetrievalMode mode)
    {
        HybridRetrieverOptions options = new() { Mode = mode };
        Assert.Empty(await new HybridRetriever(new FakeIndex(), Embedder(1, 0, 0), options).RetrieveAsync("harbour", 5));
        Assert.Empty(await new HybridRetriever(await IndexAsync(), Embedder(1, 0, 0), options).RetrieveAsync(" \n", 5));
    }

    [Fact]
    public async Task OtherEmbeddingModel_IsRefusedByName()
    {
        FakeEmbedder other = Embedder(1, 0, 0);
        other.Identity = FakeEmbedder.IdentityOf(3) with { Model = "another" };
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await new HybridRetriever(await IndexAsync(), other).RetrieveAsync("harbour", 5));
        Assert.Contains("another", error.Message, StringComparison.Ordinal);
        Assert.Contains("fake", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(0f)]
    public async Task UnusableQueryVector_IsAnErrorNotArbitraryHits(float value) =>
        await Assert.ThrowsAsync<CorruptException>(async () => await new HybridRetriever(await IndexAsync(), Embedder(value, value, value)).RetrieveAsync("harbour", 5));

    [Fact]
    public async Task TooManyResultsAskedFor_NamesTheLimit()
    {
        LimitExceededException error = await Assert.ThrowsAsync<LimitExceededException>(async () => await new HybridRetriever(await IndexAsync()).RetrieveAsync("harbour", int.MaxValue));
        Assert.Equal(nameof(HybridRetrieverOptions.MaxTop), error.LimitName);
    }

    [Fact]
    public async Task EqualScores_AreOrderedById()
    {
        FakeIndex index = new();
        await index.AddAsync(("z", "same words", [1, 0]), ("y", "same words", [1, 0]), ("x", "same words", [1, 0]));
        Assert.Equal(["x", "y", "z"], (await new HybridRetriever(index, Embedder(1, 0)).RetrieveAsync("same", 3)).Select(item => item.Chunk.Id));
    }

    [Fact]
    public async Task SmallPool_RanksAsBruteForceOverTheUnion()
    {
        FakeIndex index = new();
        Random random = new(7);
        await index.AddAsync([.. Enumerable.Range(0, 30).Select(i => (
            $"c{i:D2}",
            string.Join(' ', Enumerable.Range(0, 8).Select(_ => "w" + random.Next(30))),
            (float[]?)[random.NextSingle() - .5f, random.NextSingle() - .5f, random.NextSingle() - .5f]))]);
        for (int q = 0; q < 10; q++)
        {
            string query = $"w{random.Next(30)} w{random.Next(30)}";
            float[] vector = [random.NextSingle(), random.NextSingle() - .5f, random.NextSingle()];
            List<string> ids = [.. index.Documents.Values.Select(document => document.Chunks[0].Id)];
            float[] d = [.. (await index.ScoreVectorAsync(vector, ids))!], b = [.. (await index.ScoreTextAsync(query, ids))!];
            double[] all = [.. ids.Select((_, i) => (.7 * (d[i] + 1) / (d.Max() + 1)) + (.3 * b[i] / b.Max()))];
            HybridRetriever retriever = new(index, Embedder(vector), new HybridRetrieverOptions { Pool = 30, Fusion = new Tm2c2Fusion() });
            IReadOnlyList<RetrievedChunk> found = await retriever.RetrieveAsync(query, 10);
            Assert.Equal(all.OrderDescending().Take(10), found.Select(item => item.Score), (x, y) => Math.Abs(x - y) < 1e-5);
        }
    }

    [Fact]
    public async Task Cancelled_Throws() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await new HybridRetriever(await IndexAsync(), Embedder(1, 0, 0)).RetrieveAsync("harbour", 5, new CancellationToken(canceled: true)));
}
