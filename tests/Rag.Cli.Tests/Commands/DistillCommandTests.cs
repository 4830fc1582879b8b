using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Runtime.Embedding;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class DistillCommandTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public DistillCommandTests() => TinyEncoder.Write(Encoder);

    private string Encoder => _folder.Below("encoder");

    private string Table => _folder.Below("table");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_helps()
    {
        ToolResult result = await RagTool.RunAsync("models", "distill", "--help");
        Assert.Equal(0, result.ExitCode);
        Golden.Check("help-models-distill", result.Out);
    }

    [Fact]
    public async Task Documents_and_texts_become_a_table_that_loads()
    {
        foreach ((string text, int i) in TinyEncoder.Texts(20).Select((text, i) => (text, i)))
        {
            _folder.Write(string.Create(CultureInfo.InvariantCulture, $"docs/{i}.txt"), text);
        }

        _folder.Write("more.jsonl", "{\"text\":\"w1 w2 w3\"}\n{\"text\":\"w4 w5 w6\"}\n");
        JsonElement result = (await RagTool.RunAsync(
            "models", "distill", Encoder, "--docs", _folder.Below("docs"), "--texts", _folder.Below("more.jsonl"), "--sample", "1", "--out", Table, "--dimensions", "8", "--epochs", "2", "--json")).Json();

        Assert.Equal(21, result.GetProperty("texts").GetInt32());
        Assert.Equal(Table, result.GetProperty("folder").GetString());
        Assert.InRange(result.GetProperty("trainedCosine").GetDouble(), .1, 1);
        using StaticEmbedder embedder = StaticEmbedder.Load(Table);
        Assert.Equal(8, embedder.Dimensions);
    }

    [Fact]
    public async Task Without_texts_it_says_that_texts_would_help()
    {
        ToolResult result = await RagTool.RunAsync("models", "distill", Encoder, "--out", Table, "--dimensions", "8");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("66 tokens, 8 dimensions", result.Out, StringComparison.Ordinal);
        Assert.Contains("--docs", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "--out", "table")]
    [InlineData("encoder", "--out", "encoder")]
    [InlineData("encoder", "--out", "table", "--docs", "missing")]
    [InlineData("encoder", "--out", "table", "--docs", "empty")]
    [InlineData("encoder", "--out", "table", "--texts", "missing.jsonl")]
    [InlineData("encoder", "--out", "table", "--without", "missing.jsonl")]
    [InlineData("encoder", "--out", "table", "--dimensions", "25")]
    public async Task What_cannot_be_done_is_one_sentence(params string[] arguments)
    {
        Directory.CreateDirectory(_folder.Below("empty"));
        string[] all = ["models", "distill", .. arguments.Select(word => word.StartsWith('-') || char.IsDigit(word[0]) ? word : _folder.Below(word))];
        if (!all.Contains("--dimensions"))
        {
            all = [.. all, "--dimensions", "8"];
        }

        (await RagTool.RunAsync(all)).Sentence();
        Assert.False(Directory.Exists(Table));
        Assert.False(Directory.Exists(Table + ".partial"));
    }

    [Theory]
    [InlineData("models", "distill")]
    [InlineData("models", "distill", "encoder")]
    [InlineData("models", "distill", "encoder", "--out", "table", "--epochs", "many")]
    [InlineData("models", "distill", "encoder", "--out", "table", "--dimensions", "0")]
    public async Task Misuse_is_exit_code_2(params string[] arguments) => (await RagTool.RunAsync(arguments)).Sentence(Cli.ExitCode.Usage);

    [Fact]
    public async Task Interrupted_it_leaves_nothing()
    {
        _folder.Write("texts.jsonl", string.Concat(TinyEncoder.Texts(3_000).Select(text => $"{{\"text\":\"{text}\"}}\n")));
        using Process process = RagTool.Start(
            ["models", "distill", Encoder, "--texts", _folder.Below("texts.jsonl"), "--out", Table, "--dimensions", "8", "--epochs", "1000000"]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        while (!process.HasExited && !Directory.Exists(Table + ".partial"))
        {
            await Task.Delay(10);
        }

        await Signals.SendAsync(process, "INT");
        ToolResult result = await RagTool.EndAsync(process, output, error);
        Assert.Equal((130, ""), (result.ExitCode, result.Out));
        Assert.Equal([Encoder, _folder.Below("texts.jsonl")], Directory.GetFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal));
    }
}
