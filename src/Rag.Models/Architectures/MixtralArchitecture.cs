using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Mixtral: Mistral with experts, the weights of the chosen divided by their sum (transformers modeling_mixtral.py).</summary>
internal sealed class MixtralArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["mixtral"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: null, _ => true);
        int experts = ExpertParts.Count(config, "num_local_experts", "num_experts");
        MoeDescription Experts(string name) => ExpertParts.Separate(
            parts, ExpertParts.Router(config, parts, name + "gate", experts, normalized: true), name + "experts.", experts, parts.Sizes.Intermediate, "w1", "w3", "w2");
        return parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.") with { Window = windows[i] }, Experts(parts.LayerName(i) + "block_sparse_moe.")),
            parts.Rotary(1000000));
    }
}
