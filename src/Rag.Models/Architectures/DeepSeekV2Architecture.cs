using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>DeepSeek V2 and V2 Lite: latent attention, a shared and many routed experts (transformers modeling_deepseek_v2.py).</summary>
internal sealed class DeepSeekV2Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["deepseek_v2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        return parts.Network(
            i => parts.Layer(i, LatentParts.Attention(config, parts, i), i < ExpertParts.FirstLayer(config) ? parts.GatedMlp(parts.LayerName(i) + "mlp.") : Experts(config, parts, parts.LayerName(i) + "mlp.")),
            LatentParts.Rotary(config));
    }

    private static MoeDescription Experts(ModelConfiguration config, DecoderParts parts, string name)
    {
        int experts = ExpertParts.Count(config, "n_routed_experts");
        int width = config.RequireCount("moe_intermediate_size");
        RouterDescription router = ExpertParts.Grouped(config, ExpertParts.Router(config, parts, name + "gate", experts, normalized: false), experts);
        string method = config.String("topk_method") ?? "greedy";
        router = method switch
        {
            "greedy" => router with { Groups = 1, ChosenGroups = 1 },
            "group_limited_greedy" => router,
            _ => throw new UnsupportedException($"{config.Path}: the topk_method '{method}' is not supported for the model_type 'deepseek_v2'; greedy and group_limited_greedy are.", config.Path),
        };
        return ExpertParts.Separate(parts, router, name + "experts.", experts, width) with { Shared = ExpertParts.Shared(config, parts, name, width) };
    }
}
