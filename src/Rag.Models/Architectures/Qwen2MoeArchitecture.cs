using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Qwen 2 with experts, and a shared one behind a gate of its own (transformers modeling_qwen2_moe.py).</summary>
internal sealed class Qwen2MoeArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["qwen2_moe"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        int?[] windows = Qwen2Architecture.Windows(config, parts.Sizes.Layers);
        bool bias = config.Boolean("qkv_bias", absent: true);
        return parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.", bias) with { Window = windows[i] }, Experts(config, parts, i, shared: true)),
            parts.Rotary());
    }

    /// <summary>The experts of a layer, or its plain MLP, which the next generation has too.</summary>
    public static FeedForwardDescription Experts(ModelConfiguration config, DecoderParts parts, int layer, bool shared)
    {
        string name = parts.LayerName(layer) + "mlp.";
        if (config.Doubles("mlp_only_layers")?.Contains(layer) == true || (layer + 1) % config.Count("decoder_sparse_step", 1) != 0)
        {
            return parts.GatedMlp(name);
        }

        int experts = ExpertParts.Count(config, "num_experts", "num_local_experts");
        RouterDescription router = ExpertParts.Router(config, parts, name + "gate", experts, config.Boolean("norm_topk_prob", absent: false));
        MoeDescription moe = ExpertParts.Separate(parts, router, name + "experts.", experts, config.RequireCount("moe_intermediate_size"));
        return !shared ? moe : moe with
        {
            Shared = parts.GatedMlp(name + "shared_expert.", config.RequireCount("shared_expert_intermediate_size")),
            SharedGate = LinearDescription.Named(name + "shared_expert_gate", parts.Sizes.Hidden, 1, bias: false),
        };
    }
}
