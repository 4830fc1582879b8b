using System.Globalization;
using System.Text.Json;
using Rag.Evaluation.Datasets;
using Rag.Index.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Index.Tests.Text.Bm25;

/// <summary>Scores equal the reference's on its own tokens.</summary>
public sealed class ReferenceBm25Tests
{
    private const double Tolerance = 1e-4;

    [Fact]
    public async Task Toy_collection_every_score_of_every_case_equals_the_reference()
    {
        JsonElement toy = MetricFixtures.Json("bm25_toy.json");
        string[] documents = MetricFixtures.Strings(toy.GetProperty("docs")), queries = MetricFixtures.Strings(toy.GetProperty("queries"));
        foreach (JsonElement expected in toy.GetProperty("cases").EnumerateArray())
        {
            PatternAnalyzer analyzer = MetricFixtures.Analyzer(expected.GetProperty("stop").GetBoolean(), expected.GetProperty("stem").GetBoolean());
            Assert.Equal(expected.GetProperty("tokens").EnumerateArray().Select(MetricFixtures.Strings), documents.Select(text => Collecting.Of(analyzer, text).ToArray()));
            string[] ids = [.. documents.Select((_, i) => $"d{i}")];
            await using BuiltIndex built = await BuiltIndex.CreateAsync(ids.Zip(documents), analyzer);
            await using SqliteChunkIndex index = await built.OpenAsync(expected.GetProperty("k1").GetDouble(), expected.GetProperty("b").GetDouble());
            for (int q = 0; q < queries.Length; q++)
            {
                double[] scores = [.. expected.GetProperty("scores")[q].EnumerateArray().Select(score => score.GetDouble())];
                IReadOnlyList<float> actual = (await index.ScoreTextAsync(queries[q], ids))!;
                for (int d = 0; d < ids.Length; d++)
                {
                    Assert.Equal(scores[d], actual[d], Tolerance * Math.Max(1, scores[d]));
                }

                Assert.Equal(ids.Where((_, d) => scores[d] > 0).Count(), (await index.SearchTextAsync(queries[q], 100)).Ids.Count);
            }
        }
    }

    [Theory]
    [InlineData("scifact")]
    [InlineData("cranfield")]
    public async Task Collection_top_ten_of_the_sampled_queries_equals_the_reference(string name)
    {
        string[] files = [.. Directory.EnumerateFiles(SharedData.Require("fixtures", "metrics"), $"bm25_{name}_k1=*_b=*.jsonl").Select(file => Path.GetFileName(file)!)];
        Assert.NotEmpty(files);

        // This reference joins title and text always, Cranfield's too.
        Collections collection = name == "scifact" ? await Collections.SciFactAsync() : await Collections.CranfieldAsync(document => document.FullText);
        PatternAnalyzer analyzer = MetricFixtures.Analyzer();
        await using BuiltIndex built = await BuiltIndex.CreateAsync(collection.Documents, analyzer);
        foreach (string file in files)
        {
            string[] parts = Path.GetFileNameWithoutExtension(file).Split('=', '_');
            await using SqliteChunkIndex index = await built.OpenAsync(Number(parts[3]), Number(parts[5]));
            foreach (JsonElement line in MetricFixtures.Lines(file))
            {
                string query = line.GetProperty("query").GetString()!;
                Assert.Equal(MetricFixtures.Strings(line.GetProperty("tokens")), Collecting.Of(analyzer, query));
                Compare([.. line.GetProperty("top10").EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetDouble()))], await index.SearchTextAsync(query, 10));
            }
        }
    }

    [Theory]
    [InlineData("scifact", true)]
    [InlineData("scifact", false)]
    [InlineData("cranfield", true)]
    [InlineData("cranfield", false)]
    public async Task Collection_statistics_and_quality_over_all_queries_equal_the_reference(string name, bool stem)
    {
        string prefix = $"{name}/{(stem ? "stemmed" : "unstemmed")}/k1=";
        JsonProperty[] settings = [.. MetricFixtures.Json("bm25_summary.json").GetProperty("results").EnumerateObject().Where(setting => setting.Name.StartsWith(prefix, StringComparison.Ordinal))];
        Assert.NotEmpty(settings);
        Collections collection = name == "scifact" ? await Collections.SciFactAsync() : await Collections.CranfieldAsync(document => document.FullText);
        await using BuiltIndex built = await BuiltIndex.CreateAsync(collection.Documents, MetricFixtures.Analyzer(stem: stem));
        (long chunks, double average, long vocabulary) = built.Statistics();
        foreach (JsonProperty setting in settings)
        {
            string[] parts = setting.Name[prefix.Length..].Split(",b=");
            (double ndcg, double recall) = await built.MeasureAsync(collection.Queries, Number(parts[0]), Number(parts[1]));
            Assert.Equal(setting.Value.GetProperty("docs").GetInt64(), chunks);
            Assert.Equal(setting.Value.GetProperty("avgdl").GetDouble(), average, 1e-9);
            Assert.Equal(setting.Value.GetProperty("vocabulary").GetInt64(), vocabulary);
            Assert.Equal(setting.Value.GetProperty("queries").GetInt32(), collection.Queries.Count);

            // Documents with equal scores may stand in another order.
            Assert.Equal(setting.Value.GetProperty("ndcg_linear@10").GetDouble(), ndcg, 5e-4);
            Assert.Equal(setting.Value.GetProperty("recall@100").GetDouble(), recall, 5e-4);
        }
    }

    [Theory]
    [InlineData("scifact")]
    [InlineData("cranfield")]
    public async Task Collection_ranking_of_every_query_equals_the_shared_run(string name)
    {
        string run = SharedData.Require("models", "all-MiniLM-L6-v2", "retrieval", $"{name}.bm25-k1.2-b0.75-stem-stop.run.gz");
        Collections collection = await Collections.ReadAsync(name);

        // The run's \b\w\w+\b is Python's: \w without marks, with every kind of number.
        await using BuiltIndex built = await BuiltIndex.CreateAsync(collection.Documents, new PatternAnalyzer(@"[\p{L}\p{N}_]{2,}", MetricFixtures.StopWords(), stem: true));
        await using SqliteChunkIndex index = await built.OpenAsync();
        IReadOnlyDictionary<string, IReadOnlyList<KeyValuePair<string, double>>> expected = await TrecDataset.ReadRunAsync(run);
        foreach (var (query, _) in collection.Queries)
        {
            // The run fills up to 100 with documents that match nothing.
            Compare([.. expected[query.Id].Where(pair => pair.Value > 0)], await index.SearchTextAsync(query.Text, 100));
        }
    }

    // Equal scores rank by place, and each id has its score; where neighbours tie within the tolerance their order may differ.
    private static void Compare(IReadOnlyList<KeyValuePair<string, double>> expected, ChunkScores actual)
    {
        Assert.Equal(expected.Count, actual.Ids.Count);
        Dictionary<string, double> scores = expected.ToDictionary();
        double last = expected.Count == 0 ? 0 : expected[^1].Value;
        for (int i = 0; i < expected.Count; i++)
        {
            double tolerance = Tolerance * Math.Max(1, expected[i].Value);
            Assert.Equal(expected[i].Value, actual.Scores[i], tolerance);
            Assert.Equal(scores.GetValueOrDefault(actual.Ids[i], last), actual.Scores[i], tolerance);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
