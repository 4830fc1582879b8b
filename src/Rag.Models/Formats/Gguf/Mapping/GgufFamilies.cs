using System.Text.Json.Nodes;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>
/// The families that are mapped. Names are those of llama.cpp (gguf-py, gguf/constants.py) and of transformers; what differs
/// in the tensors is what its convert_hf_to_gguf.py does to them.
/// </summary>
internal static class GgufFamilies
{
    private const int Gemma3Pattern = 6;
    private const double Gemma3LocalBase = 10000;

    private static readonly TensorRule[] Around =
    [
        new("token_embd", "model.embed_tokens"), new("output_norm", "model.norm"), new("output", "lm_head"),
        new("blk.#.attn_norm", "model.layers.#.input_layernorm"), new("blk.#.attn_output", "model.layers.#.self_attn.o_proj"),
    ];

    private static readonly TensorRule[] Attention =
    [
        new("blk.#.attn_q", "model.layers.#.self_attn.q_proj"), new("blk.#.attn_k", "model.layers.#.self_attn.k_proj"), new("blk.#.attn_v", "model.layers.#.self_attn.v_proj"),
        new("blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm"), new("blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm"),
    ];

    private static readonly TensorRule[] Paired =
    [
        new("blk.#.attn_q", "model.layers.#.self_attn.q_proj", TensorChange.PairedQueries), new("blk.#.attn_k", "model.layers.#.self_attn.k_proj", TensorChange.PairedKeys),
        new("blk.#.attn_v", "model.layers.#.self_attn.v_proj"),
    ];

    private static readonly TensorRule[] Mlp =
    [
        new("blk.#.ffn_norm", "model.layers.#.post_attention_layernorm"), new("blk.#.ffn_gate", "model.layers.#.mlp.gate_proj"),
        new("blk.#.ffn_up", "model.layers.#.mlp.up_proj"), new("blk.#.ffn_down", "model.layers.#.mlp.down_proj"),
    ];

    private static readonly TensorRule[] GemmaNorms =
    [
        new("output_norm", "model.norm", TensorChange.PlusOne), new("blk.#.attn_norm", "model.layers.#.input_layernorm", TensorChange.PlusOne),
        new("blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm", TensorChange.PlusOne),
        new("blk.#.ffn_norm", "model.layers.#.pre_feedforward_layernorm", TensorChange.PlusOne), new("blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm", TensorChange.PlusOne),
        new("blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm", TensorChange.PlusOne), new("blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm", TensorChange.PlusOne),
    ];

    private static readonly GgufFamily[] All =
    [
        new("llama", "mixtral", [.. Around, .. Paired, .. Experts("block_sparse_moe", "w1", "w3", "w2"), new("blk.#.ffn_norm", "model.layers.#.post_attention_layernorm")], Mixtral)
        {
            Applies = settings => settings.Count("expert_count") is not null,
        },
        new("llama", "llama", [.. Around, .. Paired, .. Mlp], GgufConfiguration.WriteCommon),
        new("qwen2", "qwen2", [.. Around, .. Attention, .. Mlp], GgufConfiguration.WriteCommon),
        new("qwen3", "qwen3", [.. Around, .. Attention, .. Mlp], GgufConfiguration.WriteCommon),
        new("qwen3moe", "qwen3_moe", [.. Around, .. Attention, .. Experts("mlp", "gate_proj", "up_proj", "down_proj"), new("blk.#.ffn_norm", "model.layers.#.post_attention_layernorm")], Qwen3Moe),
        new("gemma2", "gemma2", Override([.. Around, .. Attention, .. Mlp], GemmaNorms), Gemma2),
        new("gemma3", "gemma3_text", Override([.. Around, .. Attention, .. Mlp], GemmaNorms), Gemma3),
        new("phi3", "phi3", Override([.. Around, .. Mlp], [new("blk.#.attn_qkv", "model.layers.#.self_attn.qkv_proj"), new("blk.#.ffn_up", "model.layers.#.mlp.gate_up_proj")]), Phi3),
        new("gpt2", "gpt2", Gpt2Rules(), Gpt2),
    ];

    /// <summary>The family of a file.</summary>
    /// <exception cref="CorruptException">The file does not name its architecture.</exception>
    /// <exception cref="UnsupportedException">The architecture is not mapped.</exception>
    public static (GgufFamily Family, GgufSettings Settings) Of(GgufFileSet files)
    {
        const string Key = "general.architecture";
        string name = files.Metadata.Text(Key) ?? throw files.Metadata.Missing(Key);
        GgufSettings settings = new(files, name);
        GgufFamily family = Array.Find(All, family => family.Architecture == name && family.Applies(settings)) ?? throw new UnsupportedException(
            $"{settings.FilePath}: the architecture '{name}' ('{Key}') is not supported in GGUF; these are: {string.Join(", ", All.Select(family => family.Architecture).Distinct().Order(StringComparer.Ordinal))}.", settings.FilePath);
        return (family, settings);
    }

    private static TensorRule[] Experts(string block, string gate, string up, string down) =>
    [
        new("blk.#.ffn_gate_inp", $"model.layers.#.{block}.gate"), new("blk.#.ffn_gate_exps", $"model.layers.#.{block}.experts.@.{gate}", TensorChange.Experts),
        new("blk.#.ffn_up_exps", $"model.layers.#.{block}.experts.@.{up}", TensorChange.Experts), new("blk.#.ffn_down_exps", $"model.layers.#.{block}.experts.@.{down}", TensorChange.Experts),
    ];

    private static TensorRule[] Override(TensorRule[] rules, TensorRule[] by) => [.. rules.Where(rule => by.All(other => other.From != rule.From)), .. by];

    private static void Mixtral(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["num_local_experts"] = settings.RequireCount("expert_count");
        config["num_experts_per_tok"] = settings.RequireCount("expert_used_count");
    }

    private static void Qwen3Moe(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["num_experts"] = settings.RequireCount("expert_count");
        config["num_local_experts"] = settings.RequireCount("expert_count");
        config["num_experts_per_tok"] = settings.RequireCount("expert_used_count");
        config["moe_intermediate_size"] = settings.RequireCount("expert_feed_forward_length");
        config["norm_topk_prob"] = true;
        config["decoder_sparse_step"] = 1;
        config["mlp_only_layers"] = new JsonArray();
    }

    // The scale of queries has no key; the largest models take the mean size of a head instead of the stated one.
    private static void Gemma(GgufSettings settings, JsonObject config, int layersOfTheLargest)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["hidden_activation"] = "gelu_pytorch_tanh";
        config["sliding_window"] = settings.Count("attention.sliding_window");
        config["query_pre_attn_scalar"] = settings.RequireCount("block_count") == layersOfTheLargest ? settings.RequireCount("embedding_length") / settings.Heads : settings.HeadSize;
        config["attn_logit_softcapping"] = settings.Number("attn_logit_softcapping");
        config["final_logit_softcapping"] = settings.Number("final_logit_softcapping");
    }

    private static void Gemma2(GgufSettings settings, JsonObject config) => Gemma(settings, config, layersOfTheLargest: 46);

    private static void Gemma3(GgufSettings settings, JsonObject config)
    {
        Gemma(settings, config, layersOfTheLargest: 62);
        config["layer_types"] = new JsonArray(
            [.. Enumerable.Range(1, settings.RequireCount("block_count")).Select(layer => (JsonNode)(layer % Gemma3Pattern == 0 ? "full_attention" : "sliding_attention"))]);
        config["sliding_window_pattern"] = Gemma3Pattern;
        config["rope_local_base_freq"] = Gemma3LocalBase;
    }

    private static void Phi3(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["sliding_window"] = settings.Count("attention.sliding_window");
    }

    private static void Gpt2(GgufSettings settings, JsonObject config)
    {
        config["n_embd"] = settings.RequireCount("embedding_length");
        config["n_head"] = settings.Heads;
        config["n_layer"] = settings.RequireCount("block_count");
        config["n_positions"] = settings.RequireCount("context_length");
        config["n_inner"] = settings.RequireCount("feed_forward_length");
        config["layer_norm_epsilon"] = settings.RequireNumber("attention.layer_norm_epsilon");
        config["activation_function"] = "gelu_new";
    }

    private static TensorRule[] Gpt2Rules() =>
    [
        new("token_embd", "transformer.wte"), new("position_embd", "transformer.wpe"), new("output_norm", "transformer.ln_f"), new("output", "lm_head"),
        new("blk.#.attn_norm", "transformer.h.#.ln_1"), new("blk.#.ffn_norm", "transformer.h.#.ln_2"),
        new("blk.#.attn_qkv", "transformer.h.#.attn.c_attn", TensorChange.Transposed), new("blk.#.attn_output", "transformer.h.#.attn.c_proj", TensorChange.Transposed),
        new("blk.#.ffn_up", "transformer.h.#.mlp.c_fc", TensorChange.Transposed), new("blk.#.ffn_down", "transformer.h.#.mlp.c_proj", TensorChange.Transposed),
    ];
}
