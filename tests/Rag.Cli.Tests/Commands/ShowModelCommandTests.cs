using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

public sealed class ShowModelCommandTests : IDisposable
{
    private readonly WorkFolder _cache = new();
    private readonly string _model;

    public ShowModelCommandTests()
    {
        _model = Directory.CreateDirectory(_cache.Below("tiny-model")).FullName;
        TinyChatModel.Write(_model);
        File.WriteAllText(Path.Combine(_model, "README.md"), "---\ntags: [tiny]\nlicense: apache-2.0\n---\n# Tiny\n");
    }

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task It_helps() => Golden.Check("help-models-show", (await RunAsync("--help")).Out);

    [Fact]
    public async Task A_folder_is_described_with_how_it_will_run()
    {
        ToolResult result = await RunAsync(_model);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("llama, decoder", result.Out, StringComparison.Ordinal);
        Assert.Contains("apache-2.0", result.Out, StringComparison.Ordinal);
        Assert.Contains("packed when first used", result.Out, StringComparison.Ordinal);
        JsonElement exact = (await RunAsync(_model, "--weights", "f32", "--json")).Json();
        Assert.Equal("f32", exact.GetProperty("weights").GetString());
        Assert.Equal(0, exact.GetProperty("runs").GetArrayLength());
        Assert.True(exact.GetProperty("chatTemplate").GetBoolean());
    }

    [Fact]
    public async Task A_loss_is_measured_once_and_remembered_beside_the_packed_weights()
    {
        JsonElement first = (await RunAsync(_model, "--loss", "--json")).Json();
        JsonElement loss = first.GetProperty("loss");
        Assert.InRange(loss.GetProperty("divergence").GetDouble(), 1e-9, .01);
        Assert.InRange(loss.GetProperty("topAgreement").GetDouble(), .5, 1);
        string record = Assert.Single(Directory.GetFiles(first.GetProperty("cache").GetString()!, "loss-*.json"));
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record)).Replace("\"Tokens\":", "\"Tokens\":7", StringComparison.Ordinal));
        Assert.StartsWith("7", (await RunAsync(_model, "--loss", "--json")).Json().GetProperty("loss").GetProperty("tokens").ToString(), StringComparison.Ordinal);

        // Damage is no answer.
        await File.WriteAllTextAsync(record, "{");
        Assert.Equal(loss.ToString(), (await RunAsync(_model, "--loss", "--json")).Json().GetProperty("loss").ToString());
    }

    [Fact]
    public async Task A_text_of_ones_own_is_read()
    {
        string text = _cache.Below("text.txt");
        await File.WriteAllTextAsync(text, "hello there, hello again");
        JsonElement loss = (await RunAsync(_model, "--text", text, "--weights", "int4", "--json")).Json().GetProperty("loss");
        Assert.InRange(loss.GetProperty("tokens").GetInt32(), 2, 30);
        Assert.Contains("There is no file", (await RunAsync(_model, "--text", text + "x")).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_a_sentence()
    {
        Assert.Contains("rag models pull org/name", (await RunAsync("org/name")).Sentence(), StringComparison.Ordinal);
        Assert.Contains("no model folder", (await RunAsync(_cache.Below("none"))).Sentence(), StringComparison.Ordinal);
        Assert.Contains("--weights takes", (await RunAsync(_model, "--weights", "int3")).Sentence(Cli.ExitCode.Usage), StringComparison.Ordinal);
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => RagTool.RunAsync(["models", "show", .. arguments], "", ("HF_HUB_CACHE", _cache.Path));
}
