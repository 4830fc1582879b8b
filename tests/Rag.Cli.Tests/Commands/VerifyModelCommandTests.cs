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
    public async Task A_folder_whose_weights_were_changed_in_one_number_fails_with_an_exit_code()
    {
        string copy = Directory.CreateDirectory(_cache.Below("changed")).FullName;
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("fixtures", "encoders", "bert-classifier")))
        {
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        Assert.Equal(0, (await RunAsync(copy)).ExitCode);
        string weights = Path.Combine(copy, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        int at = ClassifierBias(bytes);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), BitConverter.ToSingle(bytes, at) + .01f);
        File.WriteAllBytes(weights, bytes);
        ToolResult result = await RunAsync(copy);
        Assert.Equal(Cli.ExitCode.Failed, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.Equal(4, result.Out.Split('\n').Count(line => line.Contains("| WRONG   |", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_table_has_a_row_for_every_case_and_columns_of_one_width()
    {
        ToolResult result = await RunAsync(SharedData.Require("fixtures", "encoders", "bert-classifier"));
        string[] lines = result.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("| case                   |     compared | difference | tokens | verdict |", lines[0]);
        Assert.Equal("|------------------------|-------------:|-----------:|--------|---------|", lines[1]);
        Assert.Equal(["logits, batch", "logits, alone", "logits of texts", "probabilities of texts"], lines[2..].Select(line => line.Split('|')[1].Trim()));
        Assert.All(lines, line => Assert.Equal(lines[0].Length, line.Length));
        Assert.All(lines[2..], line => Assert.Matches(@"^\| .{22} \|           12 \|  +\d\.\de-\d \|        \| equal   \|$", line));
    }

    [Fact]
    public async Task Cases_with_an_adapter_are_named_after_it()
    {
        JsonElement json = (await RunAsync(SharedData.Require("fixtures", "models", "llama_lora"), "--json")).Json();
        Assert.True(json.GetProperty("passed").GetBoolean());
        Assert.Contains(json.GetProperty("cases").EnumerateArray(), found => found.GetProperty("name").GetString() == "adapter-b: continue" && found.GetProperty("sameTokens").GetBoolean());
    }

    [Fact]
    public async Task A_folder_with_nothing_to_compare_with_is_a_sentence()
    {
        string model = Directory.CreateDirectory(_cache.Below("tiny-model")).FullName;
        TinyChatModel.Write(model);
        Assert.Contains("nothing to compare", (await RunAsync(model)).Sentence(), StringComparison.Ordinal);
    }

    // Behind the header of a safetensors file, whose length is its first eight bytes.
    private static int ClassifierBias(byte[] file)
    {
        int header = (int)BitConverter.ToInt64(file);
        using JsonDocument json = JsonDocument.Parse(file.AsMemory(8, header));
        return 8 + header + json.RootElement.GetProperty("classifier.bias").GetProperty("data_offsets")[0].GetInt32();
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => RagTool.RunAsync(["models", "verify", .. arguments], "", ("HF_HUB_CACHE", _cache.Path));
}
