using Rag.Index;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Retrieval;

public sealed class RerankingRetrieverTests
{
    [Theory]
    [InlineData(3, 5, 5)]
    [InlineData(7, 5, 7)]
    public async Task Reranker_gets_the_pool_and_the_caller_the_best_of_it(int top, int pool, int given)
    {
        Scripted parts = new(20);
        IReadOnlyList<RetrievedChunk> found = await new RerankingRetriever(parts, parts, pool).RetrieveAsync("query", top);
        Assert.Equal(given, parts.Reranked);
        Assert.Equal(Enumerable.Range(0, given).Reverse().Take(top).Select(i => $"{i}"), found.Select(chunk => chunk.Chunk.DocumentId));
        Assert.Equal(["query", "query"], parts.Queries);
    }

    [Fact]
    public async Task Fewer_found_than_asked_for_are_all_given()
    {
        Scripted parts = new(2);
        Assert.Equal(["1", "0"], (await new RerankingRetriever(parts, parts).RetrieveAsync("query", 9)).Select(chunk => chunk.Chunk.DocumentId));
    }

    [Fact]
    public void A_pool_of_none_is_refused() =>
        Assert.Equal("pool", Assert.Throws<ArgumentOutOfRangeException>(() => new RerankingRetriever(new Scripted(1), new Scripted(1), 0)).ParamName);

    /// <summary>Finds so many chunks and turns them round.</summary>
    private sealed class Scripted(int count) : IRetriever, IReranker
    {
        public List<string> Queries { get; } = [];

        public int Reranked { get; private set; }

        public ValueTask<IReadOnlyList<RetrievedChunk>> RetrieveAsync(string query, int top, SearchScope scope, CancellationToken cancellationToken = default)
        {
            Queries.Add(query);
            return new([.. Enumerable.Range(0, Math.Min(top, count)).Select(i => Retrieved.Chunk("text", $"{i}", count - i))]);
        }

        public ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default)
        {
            Queries.Add(query);
            Reranked = chunks.Count;
            return new([.. chunks.Reverse()]);
        }
    }
}
