using System.Text.Json.Nodes;
using Rag.Models.Architectures;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Architectures;

/// <summary>A config.json as transformers 4 writes it and as version 5 does must describe one and the same network.</summary>
public sealed class ConfigurationFormsTests
{
    public static TheoryData<string> Names => SharedData.Find("fixtures", "models") is { } root
        ? [.. Directory.EnumerateDirectories(root).Where(f => File.Exists(Path.Combine(f, "config.json"))).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
        : ["llama_gqa"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_other_form_of_a_configuration_gives_the_same_graph(string name)
    {
        string folder = SharedData.Require("fixtures", "models", name);
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")).Replace(" Infinity", " {\"__float__\": \"Infinity\"}", StringComparison.Ordinal))!.AsObject();
        if (config.ContainsKey("rope_parameters") || config.ContainsKey("dtype"))
        {
            ToClassic(config);
        }
        else
        {
            ToNew(config);
        }

        using TemporaryFolder other = new();
        File.WriteAllText(Path.Combine(other.FolderPath, "config.json"), config.ToJsonString());
        using SafetensorsFolder weights = SafetensorsFolder.Open(folder);
        NetworkDescription expected = ArchitectureCatalog.Describe(ModelFolder.Open(folder), weights);
        NetworkDescription actual = ArchitectureCatalog.Describe(ModelFolder.Open(other.FolderPath), weights);

        Assert.Equal(GraphWriter.Write(expected, weights).Bytes, GraphWriter.Write(actual, weights).Bytes);
        Assert.Equal(expected.MaxPositions, actual.MaxPositions);
        Assert.Equal(expected.Ropes.Select(Numbers), actual.Ropes.Select(Numbers));
        Assert.Equal(expected.RotaryRegime(200), actual.RotaryRegime(200));
    }

    private static float[] Numbers(RopeDescription rope) => [.. rope.InverseFrequencies, rope.Multiplier, .. rope.Stretch?.InverseFrequencies(200) ?? []];

    private static void ToClassic(JsonObject config)
    {
        Rename(config, "dtype", "torch_dtype");
        if (config["rope_parameters"]?.DeepClone() is not JsonObject rope)
        {
            return;
        }

        config.Remove("rope_parameters");
        if (rope["sliding_attention"] is { } local)
        {
            config["rope_local_base_freq"] = local["rope_theta"]!.DeepClone();
            rope = rope["full_attention"]!.DeepClone().AsObject();
            Rename(config, "_sliding_window_pattern", "sliding_window_pattern");
            config.Remove("layer_types");
        }

        Move(rope, config, "rope_theta", "rope_theta");
        Move(rope, config, "partial_rotary_factor", "partial_rotary_factor");
        Rename(rope, "rope_type", "type");
        config["rope_scaling"] = rope["type"]!.GetValue<string>() == "default" ? null : rope.DeepClone();
        if (config["model_type"]!.GetValue<string>() == "cohere2")
        {
            config.Remove("layer_types");
            config["sliding_window_pattern"] = 4;
        }
    }

    private static void ToNew(JsonObject config)
    {
        Rename(config, "torch_dtype", "dtype");
        JsonObject rope = config["rope_scaling"]?.DeepClone().AsObject() ?? [];
        Rename(rope, "type", "rope_type");
        rope.TryAdd("rope_type", "default");
        config.Remove("rope_scaling");
        Move(config, rope, "rotary_emb_base", "rope_theta");
        Move(config, rope, "rotary_pct", "partial_rotary_factor");
        Move(config, rope, "rope_theta", "rope_theta");
        Move(config, rope, "partial_rotary_factor", "partial_rotary_factor");
        if (rope.ContainsKey("rope_theta"))
        {
            config["rope_parameters"] = rope;
        }

        int layers = (config["num_hidden_layers"] ?? config["n_layer"])!.GetValue<int>();
        switch (config["model_type"]!.GetValue<string>())
        {
            case "gemma2":
                config["layer_types"] = Types(layers, i => i % 2 == 0 ? "sliding_attention" : "full_attention");
                break;
            case "lfm2":
                int[] full = [.. config["full_attn_idxs"]!.AsArray().Select(i => i!.GetValue<int>())];
                config["layer_types"] = Types(layers, i => full.Contains(i) ? "full_attention" : "conv");
                config.Remove("full_attn_idxs");
                config.Remove("block_ff_dim");
                break;
        }
    }

    private static JsonArray Types(int layers, Func<int, string> type) => [.. Enumerable.Range(0, layers).Select(i => (JsonNode)type(i))];

    private static void Rename(JsonObject json, string from, string to) => Move(json, json, from, to);

    private static void Move(JsonObject source, JsonObject target, string from, string to)
    {
        if (source[from]?.DeepClone() is { } value)
        {
            source.Remove(from);
            target[to] = value;
        }
    }
}
