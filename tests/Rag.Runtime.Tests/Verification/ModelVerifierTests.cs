using System.Text.Json.Nodes;
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
        Assert.Superset(new HashSet<string>(["short", "ragged 0", "ragged 1", "ragged 2", "long", "greedy"]), result.Cases.Select(found => found.Name).ToHashSet());
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

    private string Copy(Action<JsonNode> change)
    {
        string copy = Directory.CreateDirectory(_folder.File(Directory.GetDirectories(_folder.FolderPath).Length.ToString(System.Globalization.CultureInfo.InvariantCulture))).FullName;
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("fixtures", "models", "llama_gqa")))
        {
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        string path = Path.Combine(copy, "expected.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
        return copy;
    }
}
