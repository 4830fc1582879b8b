using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

/// <summary>An index and its encoder, with a real one.</summary>
public sealed class EmbeddingModelTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Index_keeps_its_encoder_until_another_is_named()
    {
        string model = SharedData.Require("models", "all-MiniLM-L6-v2");
        _folder.Write("a.md", "# Lamps\n\nThe lamp in the kitchen is green.");
        _folder.Write("b.md", "# Transport\n\nThe bus to the harbour leaves at noon.");

        ToolResult words = await SearchAsync("illumination", "--json", "--embedding-model", "none");
        Assert.Equal(0, words.Json().GetProperty("results").GetArrayLength());
        ToolResult still = await SearchAsync("illumination", "--json");
        Assert.Contains("by words alone", still.Error, StringComparison.Ordinal);
        Assert.Equal(0, still.Json().GetProperty("results").GetArrayLength());

        ToolResult rebuilt = await SearchAsync("illumination", "--json", "--embedding-model", model);
        Assert.Contains("is built anew", rebuilt.Error, StringComparison.Ordinal);
        JsonElement best = rebuilt.Json().GetProperty("results")[0];
        Assert.Equal("a.md", best.GetProperty("document").GetString());
        Assert.Equal(JsonValueKind.Number, best.GetProperty("dense").ValueKind);

        ToolResult kept = await SearchAsync("illumination", "--json");
        Assert.DoesNotContain("Search goes", kept.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("anew", kept.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("added", kept.Error, StringComparison.Ordinal);
        Assert.Equal(rebuilt.Out, kept.Out);

        ToolResult without = await SearchAsync("lamp", "--json", "--embedding-model", "none");
        Assert.Contains("is built anew", without.Error, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, without.Json().GetProperty("results")[0].GetProperty("dense").ValueKind);
    }

    [Fact]
    public async Task Without_hub_and_choice_the_encoder_in_the_box_serves_and_one_line_says_so()
    {
        _folder.Write("a.md", "# Lamps\n\nThe lamp in the kitchen is green.");
        _folder.Write("b.md", "# Transport\n\nThe bus to the harbour leaves at noon.");

        ToolResult first = await SearchAsync("lights at home", "--json");
        Assert.Contains("in the box", first.Error, StringComparison.Ordinal);
        JsonElement best = first.Json().GetProperty("results")[0];
        Assert.Equal("a.md", best.GetProperty("document").GetString());
        Assert.Equal(JsonValueKind.Number, best.GetProperty("dense").ValueKind);

        ToolResult again = await SearchAsync("lights at home", "--json");
        Assert.DoesNotContain("in the box", again.Error, StringComparison.Ordinal);
        Assert.Equal(first.Out, again.Out);
        Assert.Equal(first.Out, (await SearchAsync("lights at home", "--json", "--embedding-model", "starter")).Out);
    }

    [Fact]
    public async Task Encoder_that_went_away_is_a_sentence_that_says_what_to_do()
    {
        string copy = Directory.CreateDirectory(_folder.Below("model")).FullName;
        string model = SharedData.Require("models", "all-MiniLM-L6-v2");
        foreach (string name in (string[])["config.json", "model.safetensors", "tokenizer.json", "modules.json", "sentence_bert_config.json", "1_Pooling/config.json"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, name))!);
            File.Copy(Path.Combine(model, name), Path.Combine(copy, name));
        }

        _folder.Write("docs/a.md", "The lamp is green.");
        string docs = _folder.Below("docs");
        Assert.Equal(0, (await RagTool.RunAsync("ingest", docs, "--embedding-model", copy)).ExitCode);
        Directory.Delete(copy, recursive: true);
        string sentence = (await RagTool.RunAsync("search", "lamp", "--docs", docs)).Sentence();
        Assert.Contains(copy, sentence, StringComparison.Ordinal);
        Assert.Contains("--embedding-model none", sentence, StringComparison.Ordinal);
        Assert.Equal(0, (await RagTool.RunAsync("search", "lamp", "--docs", docs, "--embedding-model", "none")).ExitCode);
    }

    private Task<ToolResult> SearchAsync(string query, params string[] more) => RagTool.RunAsync(["search", query, "--docs", _folder.Path, .. more]);
}
