using Rag.Index.Tests.Support;
using Rag.Index.Text;
using Rag.Tests.Support;

namespace Rag.Index.Tests.Quality;

/// <summary>
/// What text search with the default analyzer finds on real collections, all queries (SQuAD: every fifth of 10,570; set
/// RAG_ALL_QUERIES=1 for all). Limits stand .002 below what was measured.
/// </summary>
public sealed class TextSearchQualityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("scifact", .685, .919)]
    [InlineData("cranfield", .379, .738)]
    public async Task Judged_collection_reaches_its_figures(string name, double ndcg, double recall) =>
        await CheckAsync(name, await Collections.ReadAsync(name), ndcg, recall);

    [Fact]
    public async Task KorQuAD_paragraphs_reach_their_figures() =>
        await CheckAsync("KorQuAD", await Collections.ParagraphsAsync(SharedData.Require("data", "qa", "korquad", "KorQuAD_v1.0_dev.json")), .942, .997);

    [Fact]
    public async Task SQuAD_paragraphs_reach_their_figures()
    {
        int everyNth = Environment.GetEnvironmentVariable("RAG_ALL_QUERIES") == "1" ? 1 : 5;
        await CheckAsync("SQuAD", await Collections.ParagraphsAsync(SharedData.Require("data", "qa", "squad", "dev-v1.1.json.gz"), everyNth), .870, .990);
    }

    private async Task CheckAsync(string name, Collections collection, double ndcg, double recall)
    {
        await using BuiltIndex built = await BuiltIndex.CreateAsync(collection.Documents, new StandardAnalyzer());
        (double measuredNdcg, double measuredRecall) = await built.MeasureAsync(collection.Queries);
        output.WriteLine($"{name}: {collection.Documents.Count} documents, {collection.Queries.Count} queries, nDCG@10 {measuredNdcg:F4}, recall@100 {measuredRecall:F4}");
        Assert.True(measuredNdcg >= ndcg, $"nDCG@10 {measuredNdcg:F4} is below {ndcg}");
        Assert.True(measuredRecall >= recall, $"recall@100 {measuredRecall:F4} is below {recall}");
    }
}
