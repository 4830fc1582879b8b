using Rag.Models.Configuration;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>DeepSeek's latent attention, which its second and third generation share (transformers modeling_deepseek_v3.py).</summary>
internal static class LatentParts
{
    public static LatentAttentionDescription Attention(ModelConfiguration config, DecoderParts parts, int layer)
    {
        string name = parts.LayerName(layer) + "self_attn.";
        (int hidden, int heads) = (parts.Sizes.Hidden, parts.Sizes.Heads);
        int plain = config.RequireCount("qk_nope_head_dim", most: 1 << 14);
        int rotated = config.RequireCount("qk_rope_head_dim", most: 1 << 14);
        int value = config.RequireCount("v_head_dim", most: 1 << 14);
        int latent = config.RequireCount("kv_lora_rank", most: 1 << 16);
        int? queryLatent = config.OptionalCount("q_lora_rank", most: 1 << 16);
        bool bias = config.Boolean("attention_bias", absent: false);
        return new LatentAttentionDescription
        {
            Heads = heads,
            PlainSize = plain,
            RotatedSize = rotated,
            ValueSize = value,
            LatentSize = latent,
            Scale = Scale(config, plain + rotated),
            Rope = 0,
            QueryDown = queryLatent is { } down ? LinearDescription.Named(name + "q_a_proj", hidden, down, bias) : null,
            QueryNorm = queryLatent is { } size ? parts.Norm(name + "q_a_layernorm", size) : null,
            Query = LinearDescription.Named(name + (queryLatent is null ? "q_proj" : "q_b_proj"), queryLatent ?? hidden, heads * (plain + rotated), bias: false),
            KeyDown = LinearDescription.Named(name + "kv_a_proj_with_mqa", hidden, latent + rotated, bias),
            KeyNorm = parts.Norm(name + "kv_a_layernorm", latent),
            KeyValue = LinearDescription.Named(name + "kv_b_proj", latent, heads * (plain + value), bias: false),
            Output = LinearDescription.Named(name + "o_proj", heads * value, hidden, bias),
        };
    }

    public static RopeDescription Rotary(ModelConfiguration config) => Rope.Describe(
        RopeConfiguration.Read(config, 10000), config.RequireCount("qk_rope_head_dim", most: 1 << 14), config.Path, interleaved: config.Boolean("rope_interleave", absent: true));

    // Under yarn the scores are sharpened too.
    private static float Scale(ModelConfiguration config, int size)
    {
        RopeConfiguration rope = RopeConfiguration.Read(config, 10000);
        double sharpened = rope.Type == "yarn" && rope.Settings!.Double("mscale_all_dim", 0) is var weight and not 0
            ? Rope.YarnScale(rope.Settings.RequireDouble("factor"), weight)
            : 1;
        return (float)(sharpened * sharpened / Math.Sqrt(size));
    }
}
