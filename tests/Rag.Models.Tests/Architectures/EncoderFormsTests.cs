using System.Text.Json.Nodes;
using Rag.Models.Architectures;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Architectures;

/// <summary>An encoder's config.json as files in circulation spell it must describe the network that the spelling of transformers 5 does.</summary>
public sealed class EncoderFormsTests
{
    /// <summary>Every folder with a tokenizer, which all encoders of text have.</summary>
    public static TheoryData<string> Names => SharedData.Find("fixtures", "encoders") is { } root
        ? [.. Directory.EnumerateDirectories(root).Where(f => File.Exists(Path.Combine(f, "tokenizer.json"))).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
        : ["bert"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_spelling_in_circulation_gives_the_same_graph(string name)
    {
        string folder = SharedData.Require("fixtures", "encoders", name);
        JsonObject config = Read(folder);
        ToClassic(config);
        AssertSame(folder, config);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_spelling_of_a_repository_s_own_code_gives_the_same_graph(string name)
    {
        string folder = SharedData.Require("fixtures", "encoders", name);
        JsonObject config = Read(folder);
        ToClassic(config);
        ToRemoteCode(config);
        AssertSame(folder, config);
    }

    [Fact]
    public void A_window_of_modernbert_without_a_base_of_its_own_turns_as_the_other_layers_do()
    {
        string folder = SharedData.Require("fixtures", "encoders", "modernbert");
        JsonObject config = Read(folder);
        ToClassic(config);
        config["local_rope_theta"] = null;
        NetworkDescription network = Describe(folder, config);
        Assert.Equal(network.Ropes[0].InverseFrequencies, network.Ropes[1].InverseFrequencies);
    }

    [Fact]
    public void Frequencies_stretched_by_ntk_turn_slower_the_longer_their_waves_are()
    {
        string folder = SharedData.Require("fixtures", "encoders", "gte");
        JsonObject config = Read(folder);
        ToClassic(config);
        float[] plain = Describe(folder, config).Ropes[0].InverseFrequencies;
        config["rope_scaling"] = new JsonObject { ["type"] = "ntk", ["factor"] = 8.0 };
        float[] stretched = Describe(folder, config).Ropes[0].InverseFrequencies;

        // The base times the factor, and all divided by its 2/d-th power: d = 16 here, so 8^(1/8) and 8^(i/8) more.
        Assert.All(Enumerable.Range(0, plain.Length), i => Assert.Equal(plain[i] / Math.Pow(8, (i + 1) / 8.0), stretched[i], 1e-7));
    }

    [Theory]
    [InlineData("gte", "\"hidden_act\"", "\"logn_attention_scale\": true, \"hidden_act\"", "logn_attention_scale")]
    [InlineData("gte", "\"hidden_act\"", "\"position_embedding_type\": \"absolute\", \"hidden_act\"", "position_embedding_type")]
    [InlineData("nomic-bert", "\"hidden_act\"", "\"num_experts\": 8, \"hidden_act\"", "num_experts")]
    [InlineData("nomic-bert", "\"hidden_act\"", "\"prenorm\": true, \"hidden_act\"", "prenorm")]
    [InlineData("deberta-v2", "\"hidden_act\"", "\"conv_kernel_size\": 3, \"hidden_act\"", "conv_kernel_size")]
    [InlineData("t5-encoder", "\"feed_forward_proj\": \"relu\"", "\"feed_forward_proj\": \"gated-tanh\"", "gated-tanh")]
    [InlineData("electra", "\"is_decoder\": false", "\"is_decoder\": true", "is_decoder")]
    [InlineData("roberta", "\"is_decoder\": false", "\"position_embedding_type\": \"relative_key\"", "relative_key")]
    public void Settings_that_are_not_supported_are_named(string name, string from, string to, string named)
    {
        string folder = SharedData.Require("fixtures", "encoders", name);
        string text = File.ReadAllText(Path.Combine(folder, "config.json"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        JsonObject config = JsonNode.Parse(text.Replace(from, to, StringComparison.Ordinal))!.AsObject();
        Assert.Contains(named, Assert.Throws<UnsupportedException>(() => Describe(folder, config)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deberta_that_names_no_positions_has_none()
    {
        string folder = SharedData.Require("fixtures", "encoders", "deberta-v2");
        JsonObject config = Read(folder);
        config.Remove("pos_att_type");
        NetworkDescription network = Describe(folder, config);
        Assert.All(network.Layers, layer => Assert.Null(((AttentionDescription)layer.Mixer).Disentangled));
        Assert.Equal(1 / MathF.Sqrt(16), ((AttentionDescription)network.Layers[0].Mixer).Scale);
    }

    [Theory]
    [InlineData("t5-encoder", "\"relative_attention_num_buckets\": 32", "\"relative_attention_num_buckets\": 30", "relative_attention_num_buckets")]
    [InlineData("t5-encoder", "\"relative_attention_max_distance\": 128", "\"relative_attention_max_distance\": 8", "relative_attention_num_buckets")]
    [InlineData("t5-encoder", "\"relative_attention_max_distance\": 128,\n  \"relative_attention_num_buckets\": 32", "\"relative_attention_max_distance\": 8", "relative_attention_num_buckets")]
    [InlineData("deberta-v2", "\"position_buckets\": 8", "\"position_buckets\": 200", "position_buckets")]
    [InlineData("deberta-v2", "\"max_position_embeddings\": 64", "\"max_position_embeddings\": 1000000", "max_position_embeddings")]
    [InlineData("roberta", "\"pad_token_id\": 1", "\"pad_token_id\": 65", "pad_token_id")]
    [InlineData("albert", "\"inner_group_num\": 1", "\"inner_group_num\": 1000", "inner_group_num")]
    [InlineData("albert", "\"num_hidden_groups\": 1", "\"num_hidden_groups\": 4", "num_hidden_groups")]
    public void Numbers_that_make_no_network_are_named(string name, string from, string to, string named)
    {
        string folder = SharedData.Require("fixtures", "encoders", name);
        string text = File.ReadAllText(Path.Combine(folder, "config.json"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        JsonObject config = JsonNode.Parse(text.Replace(from, to, StringComparison.Ordinal))!.AsObject();
        Assert.Contains($"'{named}' must be", Assert.Throws<CorruptException>(() => Describe(folder, config)).Message, StringComparison.Ordinal);
    }

    private static void AssertSame(string folder, JsonObject config)
    {
        using SafetensorsFolder weights = SafetensorsFolder.Open(folder);
        ModelFolder model = ModelFolder.Open(folder);
        NetworkDescription expected = EncoderNetwork.Of(model, ArchitectureCatalog.Describe(model, weights));
        NetworkDescription actual = Describe(folder, config);
        Assert.Equal(GraphWriter.Write(expected, weights).Bytes, GraphWriter.Write(actual, weights).Bytes);
        Assert.Equal(expected.MaxPositions, actual.MaxPositions);
    }

    private static NetworkDescription Describe(string folder, JsonObject config)
    {
        using TemporaryFolder other = new();
        File.WriteAllText(Path.Combine(other.FolderPath, "config.json"), config.ToJsonString());
        using SafetensorsFolder weights = SafetensorsFolder.Open(folder);
        ModelFolder model = ModelFolder.Open(other.FolderPath);
        return EncoderNetwork.Of(model, ArchitectureCatalog.Describe(model, weights));
    }

    private static JsonObject Read(string folder) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();

    // transformers 4.
    private static void ToClassic(JsonObject config)
    {
        Move(config, config, "dtype", "torch_dtype");
        JsonObject? rope = config["rope_parameters"]?.DeepClone().AsObject();
        config.Remove("rope_parameters");
        switch ((string)config["model_type"]!)
        {
            case "modernbert":
                config["global_rope_theta"] = rope!["full_attention"]!["rope_theta"]!.DeepClone();
                config["local_rope_theta"] = rope["sliding_attention"]!["rope_theta"]!.DeepClone();
                config.Remove("layer_types");
                break;
            case "gemma3_text":
                config["rope_theta"] = rope!["full_attention"]!["rope_theta"]!.DeepClone();
                config["rope_local_base_freq"] = rope["sliding_attention"]!["rope_theta"]!.DeepClone();
                config["rope_scaling"] = null;
                config.Remove("_sliding_window_pattern");
                config.Remove("layer_types");
                break;
            case "deberta-v2":
                config["pos_att_type"] = string.Join('|', config["pos_att_type"]!.AsArray().Select(kind => (string)kind!));
                break;
            case "t5":
                foreach (string key in (string[])["dense_act_fn", "is_gated_act"])
                {
                    config.Remove(key);
                }

                break;
            default:
                if (rope is not null)
                {
                    Move(rope, config, "rope_theta", "rope_theta");
                    config["rope_scaling"] = null;
                }

                break;
        }
    }

    // The configurations that code beside the weights reads.
    private static void ToRemoteCode(JsonObject config)
    {
        switch ((string)config["model_type"]!)
        {
            case "gte":
                config["model_type"] = "new";
                config["pack_qkv"] = true;
                config["position_embedding_type"] = "rope";
                config["layer_norm_type"] = "layer_norm";
                config["logn_attention_scale"] = false;
                break;
            case "nomic_bert":
                (string From, string To)[] names =
                [
                    ("hidden_size", "n_embd"), ("num_attention_heads", "n_head"), ("num_hidden_layers", "n_layer"), ("intermediate_size", "n_inner"),
                    ("max_position_embeddings", "n_positions"), ("layer_norm_eps", "layer_norm_epsilon"), ("rope_theta", "rotary_emb_base"),
                ];
                foreach ((string from, string to) in names)
                {
                    Move(config, config, from, to);
                }

                config.Remove("head_dim");
                config.Remove("hidden_act");
                config.Remove("rope_scaling");
                config["activation_function"] = "swiglu";
                config["rotary_emb_fraction"] = 1.0;
                config["rotary_emb_interleaved"] = false;
                config["rotary_scaling_factor"] = null;
                config["prenorm"] = false;
                config["use_rms_norm"] = null;
                break;
        }
    }

    private static void Move(JsonObject source, JsonObject target, string from, string to)
    {
        if (source[from]?.DeepClone() is { } value)
        {
            source.Remove(from);
            target[to] = value;
        }
    }
}
