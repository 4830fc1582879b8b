using System.Text.Json.Nodes;
using Rag.Models;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>
/// Checkpoints written as GGUF under llama.cpp's names, keys and layouts, which are written down here apart from the library's
/// rules (gguf-py and the converter, conversion/*.py): the same logits as the folder's.
/// </summary>
public sealed class GgufFamiliesTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Names => new()
    {
        { "deepseek_v2", "deepseek2" }, { "deepseek_v2", "deepseek2/split" }, { "deepseek_v2_lite", "deepseek2" }, { "deepseek_v2_lite", "deepseek2/split" },
        { "deepseek_v3", "deepseek2" }, { "deepseek_v3", "deepseek2/split" }, { "glm4", "glm4" }, { "glm4_moe", "glm4moe" }, { "exaone4", "exaone4" }, { "ernie4_5", "ernie4_5" },
        { "gpt_oss", "gpt-oss" }, { "lfm2", "lfm2" }, { "olmoe", "olmoe" }, { "granitemoe", "granitemoe" }, { "stablelm", "stablelm" }, { "phi", "phi2" },
        { "gpt_neox", "gptneox" }, { "bloom", "bloom" }, { "falcon", "falcon" }, { "falcon_7b", "falcon" }, { "mixtral", "llama/old" }, { "mixtral", "llama" },
        { "smollm3", "smollm3" }, { "mamba2", "mamba2" }, { "falcon_h1", "falcon-h1" },
    };

    /// <summary>The model types that this test writes; others are written by rule.</summary>
    public static IReadOnlyCollection<string> ModelTypes { get; } =
        ["deepseek_v2", "deepseek_v3", "glm4", "glm4_moe", "exaone4", "ernie4_5", "gpt_oss", "lfm2", "olmoe", "granitemoe", "stablelm", "phi", "gpt_neox", "bloom", "falcon", "mamba2", "falcon_h1"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_checkpoint_under_llama_cpps_names_gives_the_logits_of_its_folder(string name, string form)
    {
        string source = SharedData.Require("fixtures", "models", name);
        string path = _folder.File("m.gguf");
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "config.json")).Replace("Infinity", "0", StringComparison.Ordinal))!.AsObject();
        using (SafetensorsFolder weights = SafetensorsFolder.Open(source))
        {
            new GgufCheckpoint(config, weights, form).Write(path);
        }

        float[] expected = Logits(ModelFolder.Open(source));
        float[] actual = Logits(ModelFolder.Open(path, new GgufOptions { CacheDirectory = _folder.File("cache") }));
        Assert.Equal(expected.Length, actual.Length);
        float worst = expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second));
        output.WriteLine($"max difference {worst:e1}");
        Assert.InRange(worst, 0, 1e-4f);
    }

    public void Dispose() => _folder.Dispose();

    private static float[] Logits(ModelFolder folder)
    {
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        int[] ids = [.. Enumerable.Range(0, 140).Select(i => ((i * 37) + 5) % 300)];
        float[] logits = new float[ids.Length * model.VocabularySize];
        session.AppendAll(ids, logits);
        return logits;
    }
}
