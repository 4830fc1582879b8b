using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class VerifyModelCommandTests : IDisposable
{
    private readonly WorkFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task It_helps() => Golden.Check("help-models-verify", (await RunAsync("--help")).Out);

    [Fact]
    public async Task A_model_that_gives_what_is_expected_passes()
    {
        ToolResult result = await RunAsync(SharedData.Require("fixtures", "models", "llama_gqa"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("| greedy ", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_gives_something_else_fails_with_an_exit_code()
    {
        ToolResult result = await RunAsync(SharedData.Require("fixtures", "models", "llama_gqa"), "--weights", "int4", "--json");
        Assert.Equal(Cli.ExitCode.Failed, result.ExitCode);
        using JsonDocument json = JsonDocument.Parse(result.Out);
        Assert.False(json.RootElement.GetProperty("passed").GetBoolean());
        Assert.Contains(json.RootElement.GetProperty("cases").EnumerateArray(), found => !found.GetProperty("passed").GetBoolean() && found.GetProperty("largestDifference").GetDouble() > .1);
    }

    [Fact]
    public async Task A_folder_with_nothing_to_compare_with_is_a_sentence()
    {
        string model = Directory.CreateDirectory(_cache.Below("tiny-model")).FullName;
        TinyChatModel.Write(model);
        Assert.Contains("nothing to compare", (await RunAsync(model)).Sentence(), StringComparison.Ordinal);
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => RagTool.RunAsync(["models", "verify", .. arguments], "", ("HF_HUB_CACHE", _cache.Path));
}
