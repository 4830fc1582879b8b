using System.Text.Json.Nodes;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>What config.json says of DeepSeek V2 and V3, and of GLM 4.5, whose experts are chosen as theirs.</summary>
internal static class GgufLatentConfiguration
{
    // llama.cpp's enumeration of how scores are made of router logits.
    private const int Sigmoid = 2;

    // What published models of these sizes have; files of the first year have no keys for it.
    private const int ExpertsOfV3 = 256;
    private const int ExpertsOfV2 = 160;

    /// <summary>Whether experts are chosen by sigmoid scores with a correction.</summary>
    public static bool IsCorrected(GgufSettings settings) =>
        settings.Count("expert_gating_func") == Sigmoid || settings.Has($"blk.{settings.Layers - 1}.exp_probs_b.bias");

    public static void DeepSeekV3(GgufSettings settings, JsonObject config)
    {
        Latent(settings, config);
        config["norm_topk_prob"] = settings.Boolean("expert_weights_norm") ?? true;
    }

    public static void DeepSeekV2(GgufSettings settings, JsonObject config)
    {
        Latent(settings, config);
        config["topk_method"] = config["n_group"]!.GetValue<int>() > 1 ? "group_limited_greedy" : "greedy";
    }

    public static void Glm4Moe(GgufSettings settings, JsonObject config)
    {
        GgufConfiguration.WriteCommon(settings, config);
        Experts(settings, config);
        config["use_qk_norm"] = settings.Has("blk.0.attn_q_norm.weight");
        config["norm_topk_prob"] = settings.Boolean("expert_weights_norm") ?? true;
    }

    private static void Latent(GgufSettings settings, JsonObject config)
    {
        int rotated = settings.RequireCount("rope.dimension_count");
        int key = settings.Count("attention.key_length_mla") ?? settings.RequireCount("attention.key_length");
        if (key <= rotated)
        {
            throw new CorruptException($"{settings.FilePath}: keys of {key} ('attention.key_length_mla' or 'attention.key_length') leave nothing beside the {rotated} that are rotated.", settings.FilePath);
        }

        config["hidden_size"] = settings.RequireCount("embedding_length");
        config["intermediate_size"] = settings.RequireCount("feed_forward_length");
        config["num_hidden_layers"] = settings.Layers;
        config["num_attention_heads"] = settings.Heads;
        config["max_position_embeddings"] = settings.RequireCount("context_length");
        config["rms_norm_eps"] = settings.RequireNumber("attention.layer_norm_rms_epsilon");
        config["attention_bias"] = settings.Has("blk.0.attn_kv_a_mqa.bias");
        config["q_lora_rank"] = settings.Count("attention.q_lora_rank");
        config["kv_lora_rank"] = settings.RequireCount("attention.kv_lora_rank");
        config["qk_rope_head_dim"] = rotated;
        config["qk_nope_head_dim"] = key - rotated;
        config["v_head_dim"] = settings.Count("attention.value_length_mla") ?? settings.RequireCount("attention.value_length");
        config["rope_theta"] = settings.Number("rope.freq_base") ?? 10000;
        config["rope_scaling"] = Scaling(settings);
        Experts(settings, config);
    }

    private static void Experts(GgufSettings settings, JsonObject config)
    {
        int experts = settings.RequireCount("expert_count");
        (int groups, int chosen) = experts switch { ExpertsOfV3 => (8, 4), ExpertsOfV2 => (8, 3), _ => (1, 1) };
        (groups, chosen) = settings.Architecture == "deepseek2" ? (groups, chosen) : (1, 1);
        config["n_routed_experts"] = experts;
        config["num_experts_per_tok"] = settings.RequireCount("expert_used_count");
        config["moe_intermediate_size"] = settings.RequireCount("expert_feed_forward_length");
        config["n_shared_experts"] = settings.Count("expert_shared_count");
        config["first_k_dense_replace"] = settings.Count("leading_dense_block_count") ?? 0;
        config["routed_scaling_factor"] = settings.Number("expert_weights_scale") is { } scale and not 0 ? scale : 1;
        config["n_group"] = settings.Count("expert_group_count") ?? groups;
        config["topk_group"] = settings.Count("expert_group_used_count") ?? chosen;
    }

    // Under yarn the key holds a tenth of what sharpens the scores; published models have it for cosine and sine alike, where it falls out.
    private static JsonObject? Scaling(GgufSettings settings)
    {
        JsonObject? scaling = GgufConfiguration.Scaling(settings);
        if (scaling is not null && settings.Number("rope.scaling.yarn_log_multiplier") is { } tenth)
        {
            scaling["mscale"] = 10 * tenth;
            scaling["mscale_all_dim"] = 10 * tenth;
        }

        return scaling;
    }
}
