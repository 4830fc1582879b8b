using System.Text.Json;
using Rag.Cli.Tests.Support;
using Rag.Models.Tests.Hub;
using Rag.Tests.Support;

namespace Rag.Cli.Tests.Commands;

/// <summary>The whole way with a tiny model of random weights: what it says means nothing, how it is said does.</summary>
[Collection(ObservatoryGroup.Name)]
public sealed class LanguageModelTests : IDisposable
{
    private const string Question = "Who saved the mirror?";
    private readonly ObservatoryFixture _observatory;
    private readonly WorkFolder _folder = new();
    private readonly string _model;

    public LanguageModelTests(ObservatoryFixture observatory)
    {
        _observatory = observatory;
        _model = Directory.CreateDirectory(_folder.Below("tiny-model")).FullName;
        TinyChatModel.Write(_model, maxPositions: 4_096);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Answer_is_the_models_and_says_what_it_cost()
    {
        ToolResult result = await AskAsync("--json", "--max-tokens", "24");
        JsonElement json = result.Json();
        Assert.Equal("tiny-model", json.GetProperty("generator").GetString());
        Assert.InRange(json.GetProperty("usage").GetProperty("outputTokens").GetInt64(), 1, 24);
        Assert.True(json.GetProperty("usage").GetProperty("inputTokens").GetInt64() > 100);
        Assert.NotEmpty(json.GetProperty("timings").EnumerateObject());
        Assert.DoesNotContain("No language model", result.Error, StringComparison.Ordinal);
        Assert.Contains("weights run as int8", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_run_as_they_are_asked_for()
    {
        Assert.Contains("weights run as int4", (await AskAsync("--json", "--max-tokens", "2", "--weights", "int4")).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("weights run", (await AskAsync("--json", "--max-tokens", "2", "--weights", "f32")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_cannot_be_had_is_named_and_the_processor_answers()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidiactl"), "This machine has a card for CUDA.");
        ToolResult result = await AskAsync("--json", "--max-tokens", "2", "--device", "cuda");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(1, result.Error.Split("CUDA was asked for").Length - 1);
        Assert.DoesNotContain("CUDA", (await AskAsync("--json", "--max-tokens", "2", "--device", "cpu")).Error, StringComparison.Ordinal);
        Assert.Contains("--device takes auto, cuda, cpu", (await AskAsync("--device", "gpu")).Sentence(Cli.ExitCode.Usage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seed_makes_a_warm_answer_repeatable()
    {
        string[] warm = ["--json", "--max-tokens", "24", "--temperature", "1.5", "--seed", "7"];
        Assert.Equal((await AskAsync(warm)).Json().GetProperty("answer").GetString(), (await AskAsync(warm)).Json().GetProperty("answer").GetString());
    }

    [Fact]
    public async Task Streamed_text_is_that_of_the_whole_and_harmless()
    {
        string[] options = ["--max-tokens", "48", "--temperature", "2", "--seed", "3"];
        string answer = (await AskAsync([.. options, "--json"])).Json().GetProperty("answer").GetString()!;
        ToolResult streamed = await AskAsync(options);
        Assert.Equal(0, streamed.ExitCode);
        Assert.DoesNotContain(streamed.Out, character => char.IsControl(character) && character != '\n');
        Assert.Equal(Visible(answer), Visible(streamed.Out)[..Visible(answer).Length]);
    }

    [Fact]
    public async Task Conversation_goes_on_over_several_turns()
    {
        ToolResult result = await RagTool.RunAsync(
            _observatory.With("chat", "--model", _model, "--max-tokens", "16", "--json"), "Who saved the mirror?\nAnd when was that?\n");
        Assert.Equal(2, result.Json().GetProperty("turns").GetArrayLength());
    }

    [Fact]
    public async Task Model_that_lacks_a_tensor_is_a_sentence_that_names_it()
    {
        string weights = Directory.GetFiles(_model, "*.safetensors").Single();
        byte[] bytes = await File.ReadAllBytesAsync(weights);
        int at = bytes.AsSpan().IndexOf("model.norm.weight"u8);
        "model.form.weight"u8.CopyTo(bytes.AsSpan(at));
        await File.WriteAllBytesAsync(weights, bytes);
        Assert.Contains("model.norm.weight", (await AskAsync("--json")).Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_by_name_is_downloaded_once_and_used_offline_afterwards()
    {
        var repository = new FakeRepository();
        repository.Files.Clear();
        foreach (string file in Directory.GetFiles(_model))
        {
            repository.Files[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file);
        }

        await using (HubServer hub = new(repository.Answer))
        {
            ToolResult pulled = await WithHubAsync(hub.Address, "0", "models", "pull", FakeRepository.Name, "--json");
            Assert.Equal(FakeRepository.Name, pulled.Json().GetProperty("name").GetString());
        }

        var nobody = new Uri("http://127.0.0.1:1");
        ToolResult list = await WithHubAsync(nobody, "1", "models", "list");
        Assert.StartsWith(FakeRepository.Name + " ", list.Out, StringComparison.Ordinal);
        ToolResult asked = await WithHubAsync(
            nobody, "0", _observatory.With("ask", Question, "--model", FakeRepository.Name, "--max-tokens", "8", "--json"));
        Assert.Equal(FakeRepository.Name, asked.Json().GetProperty("generator").GetString());
    }

    private static string Visible(string text) => string.Concat(Cli.Terminal.SafeText.Lines(text).Where(character => !char.IsWhiteSpace(character)));

    private Task<ToolResult> AskAsync(params string[] more) => RagTool.RunAsync([.. _observatory.With("ask", Question, "--model", _model), .. more]);

    private Task<ToolResult> WithHubAsync(Uri hub, string offline, params string[] arguments) => RagTool.RunAsync(
        arguments, "", ("HF_ENDPOINT", hub.AbsoluteUri), ("HF_HUB_OFFLINE", offline), ("HF_HUB_CACHE", _folder.Below("cache")));
}
