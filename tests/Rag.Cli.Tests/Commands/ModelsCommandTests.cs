using Rag.Cli.Tests.Support;

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

    private Task<ToolResult> RunAsync(params string[] arguments) => RagTool.RunAsync(arguments, "", ("HF_HUB_CACHE", _cache.Path));
}
