using System.Text.Json.Nodes;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Sessions;
using Rag.Runtime.Verification;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Verification;

/// <summary>What the verifier says of fixtures, as they are and changed.</summary>
public sealed class ModelVerifierTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => DecoderFixture.Names();

    // A theory without data is a failure; a name that is absent skips with its reason.
    public static TheoryData<string> EncoderNames =>
        SharedData.Find("fixtures", "encoders") is { } root && Directory.GetDirectories(root) is [_, ..] folders ? [.. folders.Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)] : ["bert"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task VerifyAsync_EveryDecoder_PassesEveryCase(string name)
    {
        VerificationResult result = await VerifyAsync(SharedData.Require("fixtures", "models", name));
        Assert.All(result.Cases, found => Assert.True(found.Passed, $"{found.Name}: {found.LargestDifference}"));
        HashSet<string> names = [.. result.Cases.Select(found => found.Name)];
        Assert.Superset(new HashSet<string>(["short", "ragged 0", "ragged 1", "ragged 2", "long", "greedy"]), names);

        // As many again for each adapter.
        string[] adapters = [.. Directory.GetDirectories(SharedData.Require("fixtures", "models", name)).Where(folder => File.Exists(Path.Combine(folder, "adapter_config.json"))).Select(folder => Path.GetFileName(folder))];
        Assert.All(adapters, adapter => Assert.Contains($"{adapter}: greedy", names));
        Assert.Equal(adapters.Length > 0, names.Any(found => found.Contains(':', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("llama-q4_0")]
    [InlineData("gemma3-q8_0")]
    public async Task VerifyAsync_GgufFile_PassesBothCases(string name)
    {
        string file = SharedData.Require("fixtures", "gguf", "models", name, "model.gguf");
        VerificationOptions options = new() { Runtime = new RuntimeOptions { Threads = 1, Weights = WeightPrecision.Stored, RoundActivations = false, CacheDirectory = _folder.FolderPath } };
        VerificationResult result = await ModelVerifier.VerifyAsync(file, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["prompt", "greedy"], result.Cases.Select(found => found.Name));
        Assert.All(result.Cases, found => Assert.True(found.Passed, $"{found.Name}: {found.LargestDifference}"));
    }

    [Theory]
    [MemberData(nameof(EncoderNames))]
    public async Task VerifyAsync_EveryEncoder_PassesEveryCase(string name)
    {
        VerificationResult result = await VerifyAsync(SharedData.Require("fixtures", "encoders", name));
        foreach (VerificationCase found in result.Cases)
        {
            output.WriteLine($"{found.Name}: {found.Compared} compared, {found.LargestDifference:e1} {found.Note}");
        }

        Assert.All(result.Cases, found => Assert.True(found.Passed && found.Compared > 0, $"{found.Name}: {found.LargestDifference} {found.Note}"));
        Assert.Contains(result.Cases, found => found.Name.EndsWith(", batch", StringComparison.Ordinal));
        Assert.Contains(result.Cases, found => found.Name.EndsWith(", alone", StringComparison.Ordinal));
        Assert.Contains(result.Cases, found => found.Name.EndsWith(name == "clip" ? "of files" : "of texts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task VerifyAsync_PackedWeights_DifferByMoreThanTheTolerance()
    {
        VerificationOptions options = new() { Runtime = new RuntimeOptions { Threads = 1, Weights = WeightPrecision.Int8, CacheDirectory = _folder.FolderPath } };
        VerificationResult result = await ModelVerifier.VerifyAsync(SharedData.Require("fixtures", "models", "llama_gqa"), options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(result.Passed);
        options.Tolerance = 1;
        Assert.True((await ModelVerifier.VerifyAsync(SharedData.Require("fixtures", "models", "llama_gqa"), options, cancellationToken: TestContext.Current.CancellationToken)).Passed);
    }

    [Fact]
    public async Task VerifyAsync_AnotherTokenThanExpected_IsWrong()
    {
        string copy = Copy(json => json["cases"]!["greedy"]!["generated_ids"]![40] = 3);
        VerificationResult result = await VerifyAsync(copy);
        Assert.Equal(["greedy"], result.Cases.Where(found => !found.Passed).Select(found => found.Name));
        Assert.False(result.Cases.Single(found => found.Name == "greedy").SameTokens);
    }

    [Theory]
    [InlineData("encoders", "bert-ner", "model.safetensors", "classifier.bias", "logits, batch|logits, alone|logits of texts")]
    [InlineData("encoders", "bert-mlm", "model.safetensors", "cls.predictions.bias", "logits, batch|logits, alone|logits of texts")]
    [InlineData("encoders", "clip", "model.safetensors", "visual_projection.weight", "image vectors, batch|image vectors, alone|image vectors of files|likeness of images and texts")]
    [InlineData("encoders", "distilbert", "2_Dense/model.safetensors", "linear.bias", "vectors of texts")]
    [InlineData("models", "llama_lora", "adapter-b/adapter_model.safetensors", null, "adapter-b: short|adapter-b: ragged 0|adapter-b: ragged 1|adapter-b: ragged 2|adapter-b: greedy|adapter-b: long|adapter-b: continue")]
    public async Task VerifyAsync_OneWeightChanged_FindsWhatItSpoils(string root, string name, string file, string? tensor, string wrong)
    {
        string copy = Copy(SharedData.Require("fixtures", root, name));
        ChangeOne(Path.Combine(copy, file), tensor);
        VerificationResult result = await VerifyAsync(copy);
        Assert.Equal(wrong.Split('|'), result.Cases.Where(found => !found.Passed).Select(found => found.Name));
    }

    [Fact]
    public async Task VerifyAsync_MaskedLanguageModel_MayDifferByMoreUnlessAToleranceIsAskedFor()
    {
        VerificationOptions options = new() { Runtime = new RuntimeOptions { Threads = 1 } };
        string copy = Copy(SharedData.Require("fixtures", "encoders", "bert-mlm"));
        ChangeOne(Path.Combine(copy, "model.safetensors"), "cls.predictions.bias", by: 3e-4f);
        Assert.True((await ModelVerifier.VerifyAsync(copy, options, cancellationToken: TestContext.Current.CancellationToken)).Passed);
        options.Tolerance = 1e-4;
        Assert.False((await ModelVerifier.VerifyAsync(copy, options, cancellationToken: TestContext.Current.CancellationToken)).Passed);
    }

    [Fact]
    public async Task VerifyAsync_IntegerWeights_RunEachRowAlone()
    {
        VerificationOptions options = new() { Runtime = new RuntimeOptions { Threads = 1, Weights = WeightPrecision.Int8 }, Tolerance = 1 };
        VerificationResult result = await ModelVerifier.VerifyAsync(SharedData.Require("fixtures", "encoders", "bert"), options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["hidden states, alone", "vectors of texts"], result.Cases.Select(found => found.Name));
        Assert.All(result.Cases, found => Assert.True(found.LargestDifference > 1e-4, $"{found.Name}: {found.LargestDifference}"));
        Assert.Contains("no batch", result.Cases[0].Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_EncoderExpectationsThatMakeNoSense_AreErrorsThatNameTheFile()
    {
        await Refused<UnsupportedException>("bert-ner", json => json["kind"] = "audio");
        await Refused<CorruptException>("bert-ner", json => json["texts"]!.AsArray().RemoveAt(0));
        await Refused<CorruptException>("bert-ner", json => json["texts"]![0] = 7);
        await Refused<CorruptException>("bert-ner", json => json["max_length"] = 7);
        await Refused<CorruptException>("bert-cross-encoder", json => json["texts"]![0] = new JsonArray("a"));
        await Refused<CorruptException>("qwen3-reranker", json => json["yes_token_id"] = 1 << 30);
        await Refused<CorruptException>("colbert", json => json["query_marker_id"] = -1);
        await Refused<CorruptException>("clip", json => json["images"]![0] = "../image0.png");
        await Refused<IncompatibleException>("bert-ner", json => json["kind"] = "masked-lm");
    }

    [Fact]
    public async Task VerifyAsync_AdapterThatIsNotBesideTheModel_IsRefused()
    {
        string copy = Copy(SharedData.Require("fixtures", "models", "llama_lora"), json => json["adapters"]!["adapter"]!["folder"] = "../adapter");
        Assert.Contains("'../adapter'", (await Assert.ThrowsAsync<CorruptException>(() => VerifyAsync(copy))).Message, StringComparison.Ordinal);
        copy = Copy(SharedData.Require("fixtures", "models", "llama_lora"), json => json["adapters"]!["adapter"]!["folder"] = "none");
        await Assert.ThrowsAsync<UnavailableException>(() => VerifyAsync(copy));
    }

    [Fact]
    public async Task VerifyAsync_ExpectationsThatMakeNoSense_AreErrorsThatNameTheFile()
    {
        await Assert.ThrowsAsync<CorruptException>(() => VerifyAsync(Copy(json => json["cases"] = "none")));
        await Assert.ThrowsAsync<CorruptException>(() => VerifyAsync(Copy(json => json["cases"]!["short"]!["input_ids"] = "none")));
        await Assert.ThrowsAsync<CorruptException>(() => VerifyAsync(Copy(json => json["cases"]!["long"]!["rows"]![8] = 320)));
        await Assert.ThrowsAsync<IncompatibleException>(() => VerifyAsync(Copy(json => json["cases"]!["short"]!["input_ids"] = new JsonArray(1, 2))));
        await Assert.ThrowsAsync<UnsupportedException>(() => VerifyAsync(Copy(json => { json.AsObject().Remove("cases"); json["kind"] = "audio"; })));
    }

    private Task<VerificationResult> VerifyAsync(string folder) =>
        ModelVerifier.VerifyAsync(folder, new VerificationOptions { Runtime = new RuntimeOptions { Threads = 1 } }, cancellationToken: TestContext.Current.CancellationToken);

    private async Task Refused<T>(string name, Action<JsonNode> change)
        where T : RagException =>
        Assert.Contains(_folder.FolderPath, (await Assert.ThrowsAsync<T>(() => VerifyAsync(Copy(SharedData.Require("fixtures", "encoders", name), change)))).Message, StringComparison.Ordinal);

    private string Copy(Action<JsonNode> change) => Copy(SharedData.Require("fixtures", "models", "llama_gqa"), change);

    private string Copy(string from, Action<JsonNode>? change = null)
    {
        string copy = _folder.File(Directory.GetDirectories(_folder.FolderPath).Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, File.ReadAllBytes(file));
        }

        string path = Path.Combine(copy, "expected.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        change?.Invoke(json);
        File.WriteAllText(path, json.ToJsonString());
        return copy;
    }

    // The first number of a tensor; of the first tensor where none is named.
    private static void ChangeOne(string path, string? tensor, float by = .5f)
    {
        byte[] bytes = File.ReadAllBytes(path);
        long offset;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            offset = (tensor is null ? file.Tensors[0] : file.Require(tensor)).Offset;
        }

        Span<byte> number = bytes.AsSpan((int)offset, sizeof(float));
        BitConverter.TryWriteBytes(number, BitConverter.ToSingle(number) + by);
        File.WriteAllBytes(path, bytes);
    }
}
