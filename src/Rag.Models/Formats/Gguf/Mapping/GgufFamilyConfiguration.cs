using System.Text.Json.Nodes;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>What each family's config.json says beyond the common keys. Patterns and bases without a key are llama.cpp's (src/llama-model.cpp).</summary>
internal static class GgufFamilyConfiguration
{
    private const int Gemma3Pattern = 6;
    private const int Cohere2Pattern = 4;
    private const double Gemma3LocalBase = 10000;

    public static void Mixtral(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["num_local_experts"] = settings.RequireCount("expert_count");
        config["num_experts_per_tok"] = settings.RequireCount("expert_used_count");
    }

    public static void Qwen3Moe(GgufSettings settings, JsonObject config)
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

    public static void Qwen2Moe(GgufSettings settings, JsonObject config)
    {
        Qwen3Moe(settings, config);
        config["norm_topk_prob"] = false;
        config["shared_expert_intermediate_size"] = settings.RequireCount("expert_shared_feed_forward_length");
    }

    public static void Gemma(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["hidden_act"] = "gelu_pytorch_tanh";
        config["hidden_activation"] = "gelu_pytorch_tanh";
    }

    // The scale of queries has no key; the largest models take the mean size of a head instead of the stated one.
    private static void GemmaAndScale(GgufSettings settings, JsonObject config, int layersOfTheLargest)
    {
        Gemma(settings, config);
        config["sliding_window"] = settings.Count("attention.sliding_window");
        config["query_pre_attn_scalar"] = settings.RequireCount("block_count") == layersOfTheLargest ? settings.RequireCount("embedding_length") / settings.Heads : settings.HeadSize;
        config["attn_logit_softcapping"] = settings.Number("attn_logit_softcapping");
        config["final_logit_softcapping"] = settings.Number("final_logit_softcapping");
    }

    public static void Gemma2(GgufSettings settings, JsonObject config) => GemmaAndScale(settings, config, layersOfTheLargest: 46);

    public static void Gemma3(GgufSettings settings, JsonObject config)
    {
        GemmaAndScale(settings, config, layersOfTheLargest: 62);
        config["sliding_window_pattern"] = Gemma3Pattern;
        config["rope_local_base_freq"] = Gemma3LocalBase;
    }

    public static void Granite(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["attention_multiplier"] = settings.Number("attention.scale") ?? 1 / Math.Sqrt(settings.HeadSize);
        config["embedding_multiplier"] = settings.Number("embedding_scale") ?? 1;
        config["residual_multiplier"] = settings.Number("residual_scale") ?? 1;
        config["logits_scaling"] = settings.Number("logit_scale") ?? 1;
    }

    // Norms are centred and have no bias, so the key of the epsilon is the other one.
    public static void Cohere(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config, "layer_norm_eps", "attention.layer_norm_epsilon");
        config["logit_scale"] = settings.RequireNumber("logit_scale");
        config["use_qk_norm"] = settings.Has("blk.0.attn_q_norm.weight");
    }

    public static void Cohere2(GgufSettings settings, JsonObject config)
    {
        Cohere(settings, config);
        config["sliding_window"] = settings.RequireCount("attention.sliding_window");
        config["sliding_window_pattern"] = Cohere2Pattern;
    }

    public static void Phi3(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["sliding_window"] = settings.Count("attention.sliding_window");
    }

    public static void Gpt2(GgufSettings settings, JsonObject config)
    {
        config["n_embd"] = settings.RequireCount("embedding_length");
        config["n_head"] = settings.Heads;
        config["n_layer"] = settings.RequireCount("block_count");
        config["n_positions"] = settings.RequireCount("context_length");
        config["n_inner"] = settings.RequireCount("feed_forward_length");
        config["layer_norm_epsilon"] = settings.RequireNumber("attention.layer_norm_epsilon");
        config["activation_function"] = "gelu_new";
    }

    // The rotary frequencies between those that are kept and those that are slowed are not rounded, which has no key.
    public static void GptOss(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["intermediate_size"] = settings.Count("expert_feed_forward_length") ?? settings.RequireCount("feed_forward_length");
        config["num_local_experts"] = settings.RequireCount("expert_count");
        config["num_experts_per_tok"] = settings.RequireCount("expert_used_count");
        config["sliding_window"] = settings.RequireCount("attention.sliding_window");
        if (config["rope_scaling"] is JsonObject scaling)
        {
            scaling["truncate"] = false;
        }
    }

    public static void Exaone4(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["sliding_window"] = settings.Count("attention.sliding_window");
        if (settings.Flags("attention.sliding_window_pattern") is { } flags)
        {
            config["layer_types"] = new JsonArray([.. flags.Select(slides => (JsonNode)(slides ? "sliding_attention" : "full_attention"))]);
        }
    }

    public static void Ernie45(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["use_bias"] = settings.Has("blk.0.attn_q.bias");
    }

    // Layers without heads for keys are convolutions.
    public static void Lfm2(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["norm_eps"] = settings.RequireNumber("attention.layer_norm_rms_epsilon");
        config["conv_L_cache"] = settings.RequireCount("shortconv.l_cache");
        config["conv_bias"] = settings.Files.Files.SelectMany(file => file.Tensors).Any(tensor => tensor.Name.EndsWith("shortconv.conv.bias", StringComparison.Ordinal));
        config["block_auto_adjust_ff_dim"] = false;
        config["full_attn_idxs"] = new JsonArray([
            .. (settings.PerLayer("attention.head_count_kv") ?? [.. Enumerable.Repeat(1L, settings.Layers)]).Index().Where(layer => layer.Item > 0).Select(layer => (JsonNode)layer.Index)]);
    }

    public static void Olmoe(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        config["num_experts"] = settings.RequireCount("expert_count");
        config["num_experts_per_tok"] = settings.RequireCount("expert_used_count");
        config["norm_topk_prob"] = false;
    }

    public static void GraniteMoe(GgufSettings settings, JsonObject config)
    {
        Granite(settings, config);
        config["num_local_experts"] = settings.RequireCount("expert_count");
        config["num_experts_per_tok"] = settings.RequireCount("expert_used_count");
    }

    public static void StableLm(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config, "layer_norm_eps", "attention.layer_norm_epsilon");
        config["use_qkv_bias"] = settings.Has("blk.0.attn_q.bias");
        config["use_parallel_residual"] = !settings.Has("blk.0.ffn_norm.weight");
    }

    public static void Phi2(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config, "layer_norm_eps", "attention.layer_norm_epsilon");
        config["hidden_act"] = "gelu_new";
    }

    public static void NeoX(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config, "layer_norm_eps", "attention.layer_norm_epsilon");
        config["hidden_act"] = "gelu";
        config["attention_bias"] = settings.Has("blk.0.attn_qkv.bias");
        config["use_parallel_residual"] = settings.Boolean("use_parallel_residual") ?? true;
    }

    public static void Bloom(GgufSettings settings, JsonObject config)
    {
        config["hidden_size"] = settings.RequireCount("embedding_length");
        config["n_head"] = settings.Heads;
        config["n_layer"] = settings.RequireCount("block_count");
        config["n_positions"] = settings.RequireCount("context_length");
        config["n_inner"] = settings.RequireCount("feed_forward_length");
        config["layer_norm_epsilon"] = settings.RequireNumber("attention.layer_norm_epsilon");
    }

    public static void Falcon(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config, "layer_norm_epsilon", "attention.layer_norm_epsilon");
        bool twoNorms = settings.Has("blk.0.attn_norm_2.weight");
        config["activation"] = "gelu";
        config["bias"] = settings.Has("blk.0.attn_qkv.bias");
        config["new_decoder_architecture"] = twoNorms || settings.KeyValueHeads > 1;
        config["num_ln_in_parallel_attn"] = twoNorms ? 2 : 1;
        config["num_kv_heads"] = settings.KeyValueHeads;
        config["multi_query"] = true;
        config["parallel_attn"] = true;
        config["alibi"] = false;
    }
}
