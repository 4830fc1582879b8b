using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rag.Models;
using Rag.Models.Architectures;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Gguf.Mapping;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>A checkpoint written as GGUF, the way llama.cpp's converter does, computes what the folder does: for families of which no GGUF fixture is there.</summary>
public sealed class GgufRoundTripTests : IDisposable
{
    // What a key of config.json is called in metadata, below the name of the architecture.
    private static readonly (string Config, string Metadata)[] Keys =
    [
        ("hidden_size", "embedding_length"), ("n_embd", "embedding_length"), ("intermediate_size", "feed_forward_length"), ("num_hidden_layers", "block_count"), ("n_layer", "block_count"),
        ("num_attention_heads", "attention.head_count"), ("n_head", "attention.head_count"), ("num_key_value_heads", "attention.head_count_kv"), ("head_dim", "attention.key_length"),
        ("head_dim", "attention.value_length"), ("max_position_embeddings", "context_length"), ("n_positions", "context_length"), ("num_local_experts", "expert_count"), ("num_experts", "expert_count"),
        ("num_experts_per_tok", "expert_used_count"), ("moe_intermediate_size", "expert_feed_forward_length"), ("shared_expert_intermediate_size", "expert_shared_feed_forward_length"),
        ("sliding_window", "attention.sliding_window"), ("rms_norm_eps", "attention.layer_norm_rms_epsilon"), ("layer_norm_eps", "attention.layer_norm_epsilon"), ("layer_norm_epsilon", "attention.layer_norm_epsilon"),
        ("logit_scale", "logit_scale"), ("logits_scaling", "logit_scale"), ("embedding_multiplier", "embedding_scale"), ("residual_multiplier", "residual_scale"), ("attention_multiplier", "attention.scale"),
        ("attn_logit_softcapping", "attn_logit_softcapping"), ("final_logit_softcapping", "final_logit_softcapping"),
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names
    {
        get
        {
            SortedSet<string> names = new(["llama_mha"], StringComparer.Ordinal);
            if (SharedData.Find("fixtures", "models") is { } root)
            {
                names.UnionWith(Directory.EnumerateDirectories(root).Where(IsMapped).Select(folder => Path.GetFileName(folder)));
            }

            return [.. names];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_checkpoint_written_as_GGUF_gives_the_logits_of_its_folder(string name)
    {
        string source = SharedData.Require("fixtures", "models", name);
        JsonObject config = Config(source);

        // Without a key of its own the scale of Gemma's queries follows from the head.
        if (config.ContainsKey("query_pre_attn_scalar"))
        {
            config["query_pre_attn_scalar"] = config["head_dim"]!.GetValue<int>();
        }

        string copy = Directory.CreateDirectory(_folder.File("copy")).FullName;
        File.WriteAllText(Path.Combine(copy, "config.json"), config.ToJsonString());
        File.Copy(Path.Combine(source, "model.safetensors"), Path.Combine(copy, "model.safetensors"));
        string path = _folder.File("m.gguf");
        Write(ModelFolder.Open(copy), config, path);

        float[] expected = Logits(ModelFolder.Open(copy));
        float[] actual = Logits(ModelFolder.Open(path, new GgufOptions { CacheDirectory = _folder.File("cache") }));
        float largest = expected.Max(MathF.Abs);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - (1e-5f * largest), pair.First + (1e-5f * largest)));
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsMapped(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "config.json")) || !File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            return false;
        }

        JsonObject config = Config(folder);
        string type = config["model_type"]!.GetValue<string>();
        if (GgufFamiliesTests.ModelTypes.Contains(type) || GgufFamilies.All.FirstOrDefault(family => family.ModelType == type) is not { } family || !ArchitectureCatalog.ModelTypes.Contains(type))
        {
            return false;
        }

        // Some checkpoints have the names of the bare network; rescaled frequencies have fixtures of their own.
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        return file.Tensors.All(tensor => IsComputed(tensor.Name) || Find(family, tensor.Name).Match.Success) && !config.ContainsKey("quantization_config")
            && (config["rope_parameters"] ?? config["rope_scaling"]) is var rope && ((rope?["rope_type"] ?? rope?["type"])?.GetValue<string>() ?? "default") == "default";
    }

    // Frequencies that old checkpoints store although they follow from the configuration.
    private static bool IsComputed(string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    private static (TensorRule Rule, Match Match) Find(GgufFamily family, string name) => family.Rules
        .Select(rule => (rule, Regex.Match(name, "^" + Regex.Escape(rule.To).Replace("\\#", @"(?<layer>\d+)").Replace("@", @"(?<expert>\d+)") + @"(?<suffix>\.weight|\.bias)$")))
        .FirstOrDefault(pair => pair.Item2.Success, (default, Match.Empty));

    private static JsonObject Config(string folder) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")).Replace("Infinity", "0", StringComparison.Ordinal))!.AsObject();

    private static float[] Logits(ModelFolder folder)
    {
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1 });
        using IDecoderSession session = model.CreateSession();
        int[] ids = [.. Enumerable.Range(0, 60).Select(i => (i * 37) % 300)];
        float[] logits = new float[ids.Length * model.VocabularySize];
        session.AppendAll(ids, logits);
        return logits;
    }

    private static void Write(ModelFolder folder, JsonObject config, string path)
    {
        GgufFamily family = GgufFamilies.All.First(family => family.ModelType == folder.ModelType);
        GgufWriter writer = new GgufWriter().Add("general.architecture", family.Architecture);
        Dictionary<string, object> metadata = new(StringComparer.Ordinal);
        foreach ((string key, string name) in Keys)
        {
            if (config[key] is JsonValue value)
            {
                metadata.TryAdd(name, value.GetValueKind() == System.Text.Json.JsonValueKind.Number && value.TryGetValue(out int whole) && !name.Contains("scale", StringComparison.Ordinal) ? (object)(uint)whole : (float)value.GetValue<double>());
            }
        }

        JsonNode? rope = config["rope_parameters"];
        metadata["rope.freq_base"] = (float)((rope?["full_attention"]?["rope_theta"] ?? rope?["rope_theta"] ?? config["rope_theta"])?.GetValue<double>() ?? 10000);
        if (folder.ModelType == "gpt2")
        {
            metadata.TryAdd("feed_forward_length", 4 * (uint)metadata["embedding_length"]);
        }

        // Null or 0 where a family has windows without using them.
        if (metadata.TryGetValue("attention.sliding_window", out object? window) && window is 0u)
        {
            metadata.Remove("attention.sliding_window");
        }

        foreach ((string name, object value) in metadata)
        {
            writer.Add($"{family.Architecture}.{name}", value);
        }

        using SafetensorsFolder weights = folder.OpenWeights();
        int experts = metadata.TryGetValue("expert_count", out object? count) ? (int)(uint)count : 1;
        int heads = (int)(uint)metadata["attention.head_count"];
        int keyHeads = metadata.TryGetValue("attention.head_count_kv", out object? own) ? (int)(uint)own : heads;
        foreach (string name in weights.Names.Where(name => !IsComputed(name)))
        {
            (TensorRule rule, Match match) = Find(family, name);
            Assert.True(match.Success, name);
            string target = rule.From.Replace("#", match.Groups["layer"].Value, StringComparison.Ordinal) + match.Groups["suffix"].Value;
            long[] shape = [.. weights.Find(name)!.Shape];
            float[] values = weights.ReadSingles(name);
            switch (rule.Change)
            {
                case TensorChange.Experts when match.Groups["expert"].Value != "0":
                    break;
                case TensorChange.Experts:
                    string pattern = rule.To.Replace("#", match.Groups["layer"].Value, StringComparison.Ordinal) + match.Groups["suffix"].Value;
                    writer.AddSingles(target, [experts, .. shape], [.. Enumerable.Range(0, experts).SelectMany(i => weights.ReadSingles(pattern.Replace("@", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)))]);
                    break;
                case TensorChange.PairedQueries or TensorChange.PairedKeys:
                    writer.AddSingles(target, shape, Paired(values, shape[0], rule.Change == TensorChange.PairedQueries ? heads : keyHeads));
                    break;
                case TensorChange.Transposed when shape.Length == 2:
                    writer.AddSingles(target, [shape[1], shape[0]], [.. Enumerable.Range(0, values.Length).Select(i => values[(i % (int)shape[0] * (int)shape[1]) + (i / (int)shape[0])])]);
                    break;
                case TensorChange.PlusOne:
                    writer.AddSingles(target, shape, [.. values.Select(value => value + 1)]);
                    break;
                default:
                    writer.AddSingles(target, rule.Change == TensorChange.OnlyRow ? [shape[1]] : shape, values);
                    break;
            }
        }

        writer.Write(path);
    }

    // What the converter does: reshape [heads, 2, size / 2, columns], swap the axes between.
    private static float[] Paired(float[] values, long rows, int heads)
    {
        int columns = values.Length / (int)rows;
        int half = (int)rows / heads / 2;
        float[] result = new float[values.Length];
        for (int head = 0; head < heads; head++)
        {
            for (int i = 0; i < half; i++)
            {
                for (int side = 0; side < 2; side++)
                {
                    int from = ((head * 2 * half) + (side * half) + i) * columns;
                    int to = ((head * 2 * half) + (2 * i) + side) * columns;
                    values.AsSpan(from, columns).CopyTo(result.AsSpan(to, columns));
                }
            }
        }

        return result;
    }
}
