using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

[Collection(ObservatoryGroup.Name)]
public sealed class SearchCommandTests(ObservatoryFixture observatory)
{
    [Fact]
    public async Task Results_are_verbatim_ranges_of_the_file_best_first()
    {
        JsonElement json = (await RagTool.RunAsync(observatory.With("search", "How heavy is the mirror of Old Bess?", "--json", "--top", "5"))).Json();
        JsonElement[] results = [.. json.GetProperty("results").EnumerateArray()];
        Assert.InRange(results.Length, 1, 5);
        double[] scores = [.. results.Select(result => result.GetProperty("score").GetDouble())];
        Assert.Equal(scores.OrderDescending(), scores);
        foreach (JsonElement result in results)
        {
            Assert.Equal(JsonValueKind.Null, result.GetProperty("dense").ValueKind);
            Assert.Equal(JsonValueKind.Number, result.GetProperty("bm25").ValueKind);
            Assert.False(result.TryGetProperty("page", out JsonElement _), "Nothing here has pages.");
            Assert.NotNull(result.GetProperty("heading").GetString());
            string document = result.GetProperty("document").GetString()!;
            if (Path.GetExtension(document) is ".md" or ".txt")
            {
                string text = await File.ReadAllTextAsync(Path.Combine(observatory.Documents, document));
                Assert.Equal(text[result.GetProperty("start").GetInt32()..result.GetProperty("end").GetInt32()], result.GetProperty("text").GetString());
            }
        }

        Assert.Contains(results, result => result.GetProperty("text").GetString()!.Contains("214 kilograms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Top_limits_the_results()
    {
        JsonElement json = (await RagTool.RunAsync(observatory.With("search", "the telescope of the observatory", "--json", "--top", "2"))).Json();
        Assert.Equal(2, json.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Korean_question_finds_the_Korean_document()
    {
        JsonElement json = (await RagTool.RunAsync(observatory.With("search", "어른 입장료는 얼마입니까?", "--json"))).Json();
        Assert.Equal("visitor-guide-ko.txt", json.GetProperty("results")[0].GetProperty("document").GetString());
    }

    [Fact]
    public async Task Nothing_found_is_an_empty_list()
    {
        JsonElement json = (await RagTool.RunAsync(observatory.With("search", "xyzzyplugh", "--json"))).Json();
        Assert.Equal(0, json.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task For_a_person_results_are_numbered_and_plain()
    {
        ToolResult result = await RagTool.RunAsync(observatory.With("search", "What closes the roof of Wren?", "--top", "2"));
        Golden.Check("search", result.Out);
        Assert.DoesNotContain('\u001b', result.Out + result.Error);
    }

    [Fact]
    public async Task Question_may_begin_with_an_at_sign_and_have_loose_words()
    {
        JsonElement json = (await RagTool.RunAsync(observatory.With("search", "@nobody", "Castor", "Pollux", "--json"))).Json();
        Assert.NotEqual(0, json.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Named_cross_encoder_scores_and_orders_what_is_found()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.FolderPath, modules: false, head: (
            "\"id2label\": {\"0\": \"relevant\"}",
            [("pooler.dense.weight", [TinyBert.Hidden, TinyBert.Hidden]), ("classifier.weight", [1, TinyBert.Hidden])]));
        string[] search = ["search", "How heavy is the mirror of Old Bess?", "--json", "--top", "5"];
        JsonElement[] plain = [.. (await RagTool.RunAsync(observatory.With(search))).Json().GetProperty("results").EnumerateArray()];
        JsonElement[] ordered = [.. (await RagTool.RunAsync(observatory.With([.. search, "--reranker", folder.FolderPath]))).Json().GetProperty("results").EnumerateArray()];
        Assert.Equal(plain.Length, ordered.Length);
        double[] scores = [.. ordered.Select(result => result.GetProperty("score").GetDouble())];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.All(scores, score => Assert.InRange(score, 0, 1));
        Assert.True(scores.Distinct().Count() > 1 && !scores.SequenceEqual(plain.Select(result => result.GetProperty("score").GetDouble())));
    }
}
