using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly WorkFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Empty_cache_says_how_to_fill_it()
    {
        Assert.Contains("rag models pull", (await RunAsync("models")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("models", "list", "--json")).Json().GetProperty("models").GetArrayLength());
    }

    [Fact]
    public async Task Where_names_the_folder()
    {
        Assert.Equal(_cache.Path + "\n", (await RunAsync("models", "where")).Out);
        Assert.Equal(_cache.Path, (await RunAsync("models", "where", "--json")).Json().GetProperty("folder").GetString());
    }

    [Fact]
    public async Task Pull_without_network_says_in_a_sentence_what_was_tried()
    {
        string sentence = (await RunAsync("models", "pull", "org/name")).Sentence();
        Assert.Contains("org/name", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_of_no_name_is_misuse() => (await RunAsync("models", "pull", "no name")).Sentence(Cli.ExitCode.Usage);

    [Fact]
    public async Task Quantize_writes_a_smaller_folder_and_says_how_much()
    {
        (string whole, string small) = (Path.Combine(_cache.Path, "whole"), Path.Combine(_cache.Path, "small"));
        TinyLlama.Write(whole);
        JsonElement summary = (await RunAsync("models", "quantize", whole, "--out", small, "--json")).Json();
        Assert.Equal(small, summary.GetProperty("folder").GetString());
        Assert.InRange(summary.GetProperty("bytes").GetInt64(), 1, summary.GetProperty("sourceBytes").GetInt64() / 3);
        Assert.True(File.Exists(Path.Combine(small, "model.safetensors")));
        Assert.Contains("is not empty", (await RunAsync("models", "quantize", whole, "--out", small)).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quantize_of_no_folder_says_so() =>
        Assert.Contains("no model folder", (await RunAsync("models", "quantize", Path.Combine(_cache.Path, "none"), "--out", _cache.Path + "x")).Sentence(), StringComparison.Ordinal);

    private Task<ToolResult> RunAsync(params string[] arguments) => RagTool.RunAsync(arguments, "", ("HF_HUB_CACHE", _cache.Path));
}
