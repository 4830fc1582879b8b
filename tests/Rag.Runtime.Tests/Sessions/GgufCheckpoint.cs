using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Writes a checkpoint as GGUF the way llama.cpp's converter does.</summary>
/// <param name="config">The checkpoint's config.json.</param>
/// <param name="weights">Its weights.</param>
/// <param name="form">The architecture, and behind a slash what is done otherwise: "old" for a tensor per expert, "split" for latent keys and values apart.</param>
internal sealed partial class GgufCheckpoint(JsonObject config, SafetensorsFolder weights, string form)
{
    private readonly string _architecture = form.Split('/')[0];
    private readonly string _variant = form.Split('/') is [_, var variant] ? variant : "";
    private readonly GgufWriter _writer = new();

    /// <summary>What the keys of state-space blocks begin with; null where there are none.</summary>
    private string? StateSpace => _architecture switch { "mamba2" => "", "falcon-h1" => "mamba_", _ => null };

    private int Heads => Int("num_attention_heads", "n_head");

    private int KeyHeads => _architecture == "falcon" ? (Flag("new_decoder_architecture") ? Int("num_kv_heads") : 1) : Has("num_key_value_heads") ? Int("num_key_value_heads") : Heads;

    private int HeadSize => Has("head_dim") && !_architecture.StartsWith("deepseek", StringComparison.Ordinal) ? Int("head_dim") : Int("hidden_size") / Heads;

    public void Write(string path)
    {
        _writer.Add("general.architecture", _architecture);
        WriteMetadata();
        foreach (string name in weights.Names.Order(StringComparer.Ordinal))
        {
            WriteTensor(name);
        }

        _writer.Write(path);
    }

    private void WriteMetadata()
    {
        int layers = Int("num_hidden_layers", "n_layer");
        int predicting = _architecture == "glm4moe" && Has("num_nextn_predict_layers") ? Int("num_nextn_predict_layers") : 0;
        Add("block_count", (uint)(layers + predicting));
        Add("embedding_length", (uint)Int("hidden_size"));
        if (StateSpace is { } prefix)
        {
            WriteStateSpace(prefix, layers);
            if (_architecture == "mamba2")
            {
                return;
            }
        }

        Add("context_length", (uint)(Has("max_position_embeddings") ? Int("max_position_embeddings") : 2048));
        Add("feed_forward_length", (uint)(_architecture == "lfm2" ? (int)weights.Find("model.layers.0.feed_forward.w1.weight")!.Shape[0] : Has("intermediate_size") ? Int("intermediate_size") : 4 * Int("hidden_size")));
        Add("attention.head_count", (uint)Heads);
        bool centred = Has("layer_norm_eps") || Has("layer_norm_epsilon");
        double epsilon = Number(centred ? Has("layer_norm_eps") ? "layer_norm_eps" : "layer_norm_epsilon" : Has("norm_eps") ? "norm_eps" : "rms_norm_eps");
        Add(centred ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", (float)epsilon);
        JsonNode? rope = config["rope_parameters"] ?? config["rope_scaling"];
        Add("rope.freq_base", (float)((rope?["rope_theta"] ?? config["rope_theta"] ?? config["rotary_emb_base"])?.GetValue<double>() ?? 10000));
        double partial = (rope?["partial_rotary_factor"] ?? config["partial_rotary_factor"] ?? config["rotary_pct"])?.GetValue<double>() ?? 1;
        if (_architecture == "deepseek2")
        {
            WriteLatent();
        }
        else
        {
            Add("rope.dimension_count", (uint)(HeadSize * partial));
            Add("attention.head_count_kv", _architecture == "lfm2"
                ? Enumerable.Range(0, layers).Select(i => config["full_attn_idxs"]!.AsArray().Any(at => at!.GetValue<int>() == i) ? KeyHeads : 0).ToArray()
                : (uint)KeyHeads);
            if (Has("head_dim"))
            {
                Add("attention.key_length", (uint)HeadSize);
                Add("attention.value_length", (uint)HeadSize);
            }
        }

        if ((rope?["rope_type"] ?? rope?["type"])?.GetValue<string>() == "yarn")
        {
            Add("rope.scaling.type", "yarn");
            Add("rope.scaling.factor", (float)rope!["factor"]!.GetValue<double>());
            Add("rope.scaling.original_context_length", (uint)rope["original_max_position_embeddings"]!.GetValue<int>());
            if (rope["mscale_all_dim"] is { } sharpening)
            {
                Add("rope.scaling.yarn_log_multiplier", (float)(0.1 * sharpening.GetValue<double>()));
            }
        }

        WriteExperts(predicting);
        Optional("sliding_window", "attention.sliding_window");
        if (_architecture == "exaone4")
        {
            Add("attention.sliding_window_pattern", config["layer_types"]!.AsArray().Select(type => type!.GetValue<string>() == "sliding_attention").ToArray());
        }

        Optional("conv_L_cache", "shortconv.l_cache");
        foreach ((string key, string name) in ((string, string)[])[("attention_multiplier", "attention.scale"), ("embedding_multiplier", "embedding_scale"), ("residual_multiplier", "residual_scale"), ("logits_scaling", "logit_scale")])
        {
            if (Has(key))
            {
                Add(name, (float)Number(key));
            }
        }

        if (Has("use_parallel_residual"))
        {
            Add("use_parallel_residual", Flag("use_parallel_residual"));
        }
    }

    // Mamba 2 writes zeros where it has nothing to say.
    private void WriteStateSpace(string prefix, int layers)
    {
        int inner = prefix.Length > 0 ? Int("mamba_d_ssm") : Int("num_heads") * Int("head_dim");
        Add("ssm.conv_kernel", (uint)Int("conv_kernel", "mamba_d_conv"));
        Add("ssm.inner_size", (uint)inner);
        Add("ssm.state_size", (uint)Int("state_size", "mamba_d_state"));
        Add("ssm.time_step_rank", (uint)Int("num_heads", "mamba_n_heads"));
        Add("ssm.group_count", (uint)Int("n_groups", "mamba_n_groups"));
        Assert.True(layers > 0);
        if (prefix.Length == 0)
        {
            Add("context_length", 1u << 20);
            Add("feed_forward_length", 0u);
            Add("attention.head_count", 0u);
            Add("attention.layer_norm_rms_epsilon", (float)Number("layer_norm_epsilon"));
        }
    }

    private void WriteLatent()
    {
        (int nope, int rotated, int value, int latent) = (Int("qk_nope_head_dim"), Int("qk_rope_head_dim"), Int("v_head_dim"), Int("kv_lora_rank"));
        bool split = _variant == "split";
        Add("attention.head_count_kv", (uint)(split ? 1 : Heads));
        Add("attention.key_length", (uint)(split ? latent + rotated : nope + rotated));
        Add("attention.value_length", (uint)(split ? latent : value));
        if (split)
        {
            Add("attention.key_length_mla", (uint)(nope + rotated));
            Add("attention.value_length_mla", (uint)value);
        }

        Optional("q_lora_rank", "attention.q_lora_rank");
        Add("attention.kv_lora_rank", (uint)latent);
        Add("rope.dimension_count", (uint)rotated);
    }

    private void WriteExperts(int predicting)
    {
        string[] counts = ["num_local_experts", "num_experts", "n_routed_experts"];
        if (counts.FirstOrDefault(Has) is not { } count)
        {
            return;
        }

        Add("expert_count", (uint)Int(count));
        Add("expert_used_count", (uint)Int("num_experts_per_tok"));
        if (_architecture == "gpt-oss")
        {
            Add("expert_feed_forward_length", (uint)Int("intermediate_size"));
        }

        Optional("moe_intermediate_size", "expert_feed_forward_length");
        Optional("n_shared_experts", "expert_shared_count");
        Optional("first_k_dense_replace", "leading_dense_block_count");
        if (Has("routed_scaling_factor"))
        {
            bool sigmoid = _architecture == "glm4moe" || config["scoring_func"]?.GetValue<string>() == "sigmoid";
            Add("expert_weights_scale", (float)Number("routed_scaling_factor"));
            Add("expert_weights_norm", Flag("norm_topk_prob"));
            Add("expert_gating_func", sigmoid ? 2u : 1u);
            Optional("n_group", "expert_group_count");
            Optional("topk_group", "expert_group_used_count");
        }

        if (predicting > 0)
        {
            Add("nextn_predict_layers", (uint)predicting);
            _writer.AddSingles(string.Create(CultureInfo.InvariantCulture, $"blk.{Int("num_hidden_layers")}.nextn.enorm.weight"), [4], [1, 2, 3, 4]);
        }
    }

    private void WriteTensor(string name)
    {
        long[] shape = [.. weights.Find(name)!.Shape];
        if (name.EndsWith("inv_freq", StringComparison.Ordinal) || IsPrediction(name))
        {
            return;
        }

        float[] values = weights.ReadSingles(name);
        if (Expert().Match(name) is { Success: true } expert)
        {
            WriteExpert(name, expert, shape, values);
        }
        else if (name.Contains(".gate_up_proj", StringComparison.Ordinal) && _architecture == "gpt-oss")
        {
            WriteGateAndUp(name, shape, values);
        }
        else if (name.Contains("experts.down_proj", StringComparison.Ordinal) && _architecture == "gpt-oss")
        {
            string target = Block(name) + "ffn_down_exps" + (shape.Length == 2 ? ".bias" : ".weight");
            _writer.AddSingles(target, shape.Length == 2 ? shape : [shape[0], shape[2], shape[1]], shape.Length == 2 ? values : Turned(values, shape));
        }
        else if (name.Contains("input_linear", StringComparison.Ordinal))
        {
            int half = values.Length / (int)shape[0] / 2;
            float[] Half(int which) => [.. Enumerable.Range(0, (int)shape[0]).SelectMany(e => values.AsSpan(((2 * e) + which) * half, half).ToArray())];
            _writer.AddSingles(Block(name) + "ffn_gate_exps.weight", [shape[0], shape[1] / 2, shape[2]], Half(0));
            _writer.AddSingles(Block(name) + "ffn_up_exps.weight", [shape[0], shape[1] / 2, shape[2]], Half(1));
        }
        else if (name.Contains("kv_b_proj", StringComparison.Ordinal) && _variant == "split")
        {
            WriteLatentHalves(name, shape, values);
        }
        else
        {
            string target = GgufNames.Of(name, _architecture is "gpt-oss" or "glm4moe" or "exaone4" ? "post_attention_norm" : "ffn_norm");
            bool paired = _architecture is "llama" or "granitemoe" or "smollm3";
            float[] stored = name.Contains("query_key_value", StringComparison.Ordinal) ? Apart(values, shape[0])
                : paired && name.Contains(".q_proj.", StringComparison.Ordinal) ? Paired(values, shape[0], Heads)
                : paired && name.Contains(".k_proj.", StringComparison.Ordinal) ? Paired(values, shape[0], KeyHeads)
                : values;
            (shape, stored) = Turned(name, shape, stored);
            _writer.AddSingles(target, shape.Length == 3 && name.Contains("conv", StringComparison.Ordinal) ? [shape[0], shape[2]] : shape, stored);
        }
    }

    // State-space blocks, and the factors of Falcon H1, which go into its weights.
    private (long[] Shape, float[] Values) Turned(string name, long[] shape, float[] values)
    {
        if (StateSpace is null)
        {
            return (shape, values);
        }

        if (_architecture == "falcon-h1" && shape.Length == 2)
        {
            float[] factors = Factors(name, (int)shape[0]);
            values = [.. values.Select((value, i) => value * factors[i / (int)shape[1]])];
        }

        return name.Split('.')[^1] switch
        {
            "A_log" => ([shape[0], 1], [.. values.Select(value => -MathF.Exp(value))]),
            "D" => ([shape[0], 1], values),
            "weight" when name.Contains("mixer.norm", StringComparison.Ordinal) => ([Int("n_groups"), shape[0] / Int("n_groups")], values),
            _ => (shape, values),
        };
    }

    private float[] Factors(string name, int rows)
    {
        float Factor(string key) => (float)Number(key);
        float[] parts = [.. config["ssm_multipliers"]!.AsArray().Select(factor => (float)factor!.GetValue<double>())];
        (int inner, int shared) = (Int("mamba_d_ssm"), Int("mamba_n_groups") * Int("mamba_d_state"));
        int[] widths = [inner, inner, shared, shared, Int("mamba_n_heads")];
        float all = name switch
        {
            var _ when name.Contains("down_proj", StringComparison.Ordinal) => (float)config["mlp_multipliers"]![1]!.GetValue<double>(),
            var _ when name.Contains("gate_proj", StringComparison.Ordinal) => (float)config["mlp_multipliers"]![0]!.GetValue<double>(),
            var _ when name.Contains("k_proj", StringComparison.Ordinal) => Factor("key_multiplier") * Factor("attention_in_multiplier"),
            var _ when name.Contains("q_proj", StringComparison.Ordinal) || name.Contains("v_proj", StringComparison.Ordinal) => Factor("attention_in_multiplier"),
            var _ when name.Contains("o_proj", StringComparison.Ordinal) => Factor("attention_out_multiplier"),
            var _ when name.Contains("out_proj", StringComparison.Ordinal) => Factor("ssm_out_multiplier"),
            var _ when name.Contains("in_proj", StringComparison.Ordinal) => Factor("ssm_in_multiplier"),
            var _ when name.Contains("lm_head", StringComparison.Ordinal) => Factor("lm_head_multiplier"),
            var _ when name.Contains("embed_tokens", StringComparison.Ordinal) => Factor("embedding_multiplier"),
            _ => 1,
        };
        return name.Contains("in_proj", StringComparison.Ordinal)
            ? [.. widths.SelectMany((width, i) => Enumerable.Repeat(all * parts[i], width))]
            : [.. Enumerable.Repeat(all, rows)];
    }

    private void WriteExpert(string name, Match match, long[] shape, float[] values)
    {
        string kind = match.Groups["kind"].Value switch { "gate_proj" or "w1" => "gate", "up_proj" or "w3" => "up", _ => "down" };
        string number = match.Groups["expert"].Value;
        if (_variant == "old")
        {
            _writer.AddSingles($"{Block(name)}ffn_{kind}.{number}.weight", shape, values);
        }
        else if (number == "0")
        {
            string[] counts = ["num_local_experts", "num_experts", "n_routed_experts"];
            int experts = Int(counts.First(Has));
            string Of(int i) => string.Create(CultureInfo.InvariantCulture, $"{name[..match.Groups["expert"].Index]}{i}{name[(match.Groups["expert"].Index + 1)..]}");
            _writer.AddSingles($"{Block(name)}ffn_{kind}_exps.weight", [experts, .. shape], [.. Enumerable.Range(0, experts).SelectMany(i => weights.ReadSingles(Of(i)))]);
        }
    }

    // [experts, in, 2 * width] or [experts, 2 * width]: gates are the even columns.
    private void WriteGateAndUp(string name, long[] shape, float[] values)
    {
        bool bias = shape.Length == 2;
        (int experts, int inputs, int both) = ((int)shape[0], bias ? 1 : (int)shape[1], (int)shape[^1]);
        foreach ((string kind, int first) in ((string, int)[])[("gate", 0), ("up", 1)])
        {
            float[] part = new float[experts * (both / 2) * inputs];
            for (int i = 0; i < part.Length; i++)
            {
                (int row, int column) = Math.DivRem(i, inputs);
                (int expert, int unit) = Math.DivRem(row, both / 2);
                part[i] = values[(((expert * inputs) + column) * both) + (2 * unit) + first];
            }

            _writer.AddSingles($"{Block(name)}ffn_{kind}_exps.{(bias ? "bias" : "weight")}", bias ? [experts, both / 2] : [experts, both / 2, inputs], part);
        }
    }

    private void WriteLatentHalves(string name, long[] shape, float[] values)
    {
        (int nope, int value, int latent) = (Int("qk_nope_head_dim"), Int("v_head_dim"), (int)shape[1]);
        float[] keys = new float[Heads * latent * nope];
        float[] rest = new float[Heads * value * latent];
        for (int head = 0; head < Heads; head++)
        {
            for (int j = 0; j < latent; j++)
            {
                for (int i = 0; i < nope; i++)
                {
                    keys[(((head * latent) + j) * nope) + i] = values[(((head * (nope + value)) + i) * latent) + j];
                }

                for (int i = 0; i < value; i++)
                {
                    rest[(((head * value) + i) * latent) + j] = values[(((head * (nope + value)) + nope + i) * latent) + j];
                }
            }
        }

        _writer.AddSingles(Block(name) + "attn_k_b.weight", [Heads, latent, nope], keys);
        _writer.AddSingles(Block(name) + "attn_v_b.weight", [Heads, value, latent], rest);
    }

    // Of every key head its queries, its key and its value, to all queries, all keys, all values.
    private float[] Apart(float[] values, long rows)
    {
        int queries = Heads / KeyHeads;
        int size = values.Length / (KeyHeads * (queries + 2));
        IEnumerable<float> Slots(int first, int count) =>
            Enumerable.Range(0, KeyHeads).SelectMany(group => values.AsSpan(((group * (queries + 2)) + first) * size, count * size).ToArray());
        Assert.Equal(0, rows % (Heads + (2 * KeyHeads)));
        return [.. Slots(0, queries), .. Slots(queries, 1), .. Slots(queries + 1, 1)];
    }

    // reshape(heads, 2, size / 2, columns).swapaxes(1, 2).
    private static float[] Paired(float[] values, long rows, int heads)
    {
        int columns = values.Length / (int)rows;
        int half = (int)rows / heads / 2;
        return [.. Enumerable.Range(0, (int)rows).SelectMany(row =>
        {
            (int head, int within) = Math.DivRem(row, 2 * half);
            return values.AsSpan(((head * 2 * half) + (within % 2 * half) + (within / 2)) * columns, columns).ToArray();
        })];
    }

    private static float[] Turned(float[] values, long[] shape)
    {
        (int rows, int columns) = ((int)shape[1], (int)shape[2]);
        return [.. Enumerable.Range(0, values.Length).Select(i => values[(i / (rows * columns) * rows * columns) + (i % rows * columns) + (i % (rows * columns) / rows)])];
    }

    // What predicts further tokens: DeepSeek's is left out by the converter, GLM's is a layer with tensors of its own.
    private bool IsPrediction(string name) =>
        Block(name) is { Length: > 0 } block && int.Parse(block.Split('.')[1], CultureInfo.InvariantCulture) >= Int("num_hidden_layers", "n_layer");

    private static string Block(string name) => LayerNumber().Match(name) is { Success: true } match ? $"blk.{match.Groups[1].Value}." : "";

    private void Add(string key, object value) => _writer.Add($"{_architecture}.{key}", value);

    private void Optional(string key, string name)
    {
        if (Has(key) && Int(key) > 0)
        {
            Add(name, (uint)Int(key));
        }
    }

    private bool Has(string key) => config[key] is not null;

    private bool Flag(string key) => config[key]?.GetValue<bool>() ?? false;

    private int Int(params string[] keys) => config[keys.First(Has)]!.GetValue<int>();

    private double Number(string key) => config[key]!.GetValue<double>();

    [GeneratedRegex(@"\.experts\.(?<expert>\d+)\.(?<kind>\w+)\.weight$")]
    private static partial Regex Expert();

    [GeneratedRegex(@"\.(?:layers|h)\.(\d+)\.")]
    private static partial Regex LayerNumber();
}
