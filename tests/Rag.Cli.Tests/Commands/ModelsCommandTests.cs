using System.Security.Cryptography;
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
    public async Task List_gives_each_model_the_name_that_other_commands_take()
    {
        (string newest, string older) = (new string('b', 40), new string('a', 40));
        Keep("org/name", older);
        Keep("org/name", newest);
        Keep("a/b", newest);
        string mark = Convert.ToHexStringLower(SHA256.HashData("main"u8))[..24];
        _cache.Write($"rag--org--name/refs/{mark}", newest);
        string[] lines = (await RunAsync("models", "list")).Out.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.StartsWith($"a/b@{newest} ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"org/name@{older} ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("org/name  ", lines[2], StringComparison.Ordinal);
        Assert.Contains("  llama  ", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(newest, lines[2], StringComparison.Ordinal);
        Assert.StartsWith("3 models, ", lines[3], StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync("models", "list", "--json")).Json().GetProperty("models").GetArrayLength());

        // A name that the list gives opens that commit.
        Assert.Contains(older, (await RunAsync("models", "show", $"org/name@{older}")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_shows_a_model_that_cannot_be_opened()
    {
        Keep("org/name", new string('a', 40));
        File.WriteAllText(_cache.Below($"rag--org--name/snapshots/{new string('a', 40)}/config.json"), new string(' ', 7));
        _cache.Write($"rag--org--name/snapshots/{new string('a', 40)}.json", Record("org/name", new string('a', 40), ("config.json", 7)));
        ToolResult result = await RunAsync("models", "list");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("       7 B  ?  ", result.Out, StringComparison.Ordinal);
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
        Assert.Contains("tensors int8, 1 int4, ", (await RunAsync("models", "quantize", whole, "--out", small + "2")).Out, StringComparison.Ordinal);
        Assert.Contains("is not empty", (await RunAsync("models", "quantize", whole, "--out", small)).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quantize_of_no_folder_says_so() =>
        Assert.Contains("no model folder", (await RunAsync("models", "quantize", Path.Combine(_cache.Path, "none"), "--out", _cache.Path + "x")).Sentence(), StringComparison.Ordinal);

    // A model as a download leaves it.
    private void Keep(string name, string commit)
    {
        string folder = _cache.Below($"rag--{name.Replace("/", "--", StringComparison.Ordinal)}/snapshots/{commit}");
        TinyLlama.Write(folder);
        File.WriteAllText(folder + ".json", Record(name, commit, [.. Directory.GetFiles(folder).Select(file => (Path.GetFileName(file), new FileInfo(file).Length))]));
    }

    private static string Record(string name, string commit, params (string Path, long Size)[] files) =>
        JsonSerializer.Serialize(new { Repository = name, Commit = commit, Files = files.Select(file => new { file.Path, file.Size }) });

    private Task<ToolResult> RunAsync(params string[] arguments) => RagTool.RunAsync(arguments, "", ("HF_HUB_CACHE", _cache.Path));
}
