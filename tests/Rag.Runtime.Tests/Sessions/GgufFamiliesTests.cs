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

    [Fact]
    public void A_file_that_differs_from_layer_to_layer_or_lacks_a_half_is_refused_by_name()
    {
        static GgufWriter Llama(object heads) => new GgufWriter().Add("general.architecture", "llama").Add("llama.block_count", 2u).Add("llama.context_length", 64u)
            .Add("llama.embedding_length", 8u).Add("llama.feed_forward_length", 8u).Add("llama.attention.layer_norm_rms_epsilon", 1e-5f).Add("llama.attention.head_count", heads)
            .AddSingles("token_embd.weight", [16, 8], new float[128]);
        string path = _folder.File("m.gguf");
        Llama(new[] { 2, 4 }).Write(path);
        Assert.Contains("llama.attention.head_count", Assert.Throws<UnsupportedException>(() => ModelFolder.Open(path)).Message, StringComparison.Ordinal);
        Llama(new[] { 2, 2 }).Write(path);
        Assert.Equal("llama", ModelFolder.Open(path).ModelType);

        GgufWriter latent = new GgufWriter().Add("general.architecture", "deepseek2");
        foreach ((string key, object value) in (IEnumerable<(string, object)>)
            [
                ("block_count", 1u), ("context_length", 64u), ("embedding_length", 8u), ("feed_forward_length", 8u), ("attention.head_count", 2u), ("attention.layer_norm_rms_epsilon", 1e-5f),
                ("attention.kv_lora_rank", 4u), ("attention.key_length", 6u), ("attention.value_length", 4u), ("rope.dimension_count", 2u), ("expert_count", 2u), ("expert_used_count", 1u),
                ("expert_feed_forward_length", 8u),
            ])
        {
            latent.Add("deepseek2." + key, value);
        }

        latent.AddSingles("token_embd.weight", [16, 8], new float[128]).AddSingles("blk.0.attn_k_b.weight", [2, 4, 4], new float[32]).Write(path);
        ModelFolder folder = ModelFolder.Open(path, new GgufOptions { CacheDirectory = _folder.File("cache") });
        Assert.Contains("blk.0.attn_v_b.weight", Assert.Throws<IncompatibleException>(folder.OpenWeights).Message, StringComparison.Ordinal);

        GgufWriter stateSpace = new GgufWriter().Add("general.architecture", "mamba2").Add("mamba2.attention.layer_norm_rms_epsilon", 1e-5f);
        foreach ((string key, uint value) in (IEnumerable<(string, uint)>)[("block_count", 1), ("embedding_length", 8), ("ssm.inner_size", 8), ("ssm.time_step_rank", 2), ("ssm.state_size", 4), ("ssm.conv_kernel", 4)])
        {
            stateSpace.Add("mamba2." + key, value);
        }

        stateSpace.AddSingles("token_embd.weight", [16, 8], new float[128]).AddSingles("blk.0.ssm_a", [2, 1], [-1, 1]).Write(path);
        folder = ModelFolder.Open(path, new GgufOptions { CacheDirectory = _folder.File("cache") });
        Assert.Contains("blk.0.ssm_a", Assert.Throws<CorruptException>(folder.OpenWeights).Message, StringComparison.Ordinal);
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
