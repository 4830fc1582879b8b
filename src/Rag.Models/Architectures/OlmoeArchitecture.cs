using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>OLMoE: norms over all queries and keys of a token, experts whose weights are left as they are (transformers modeling_olmoe.py).</summary>
internal sealed class OlmoeArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["olmoe"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        int experts = ExpertParts.Count(config, "num_experts", "num_local_experts");
        float? clip = (float?)config.OptionalDouble("clip_qkv");
        bool normalized = config.Boolean("norm_topk_prob", absent: false);
        MoeDescription Experts(string name) => ExpertParts.Separate(
            parts, ExpertParts.Router(config, parts, name + "gate", experts, normalized), name + "experts.", experts, parts.Sizes.Intermediate);
        return parts.Network(
            i => parts.Layer(i, Olmo2Architecture.Attention(parts, config, i) with { Clip = clip }, Experts(parts.LayerName(i) + "mlp.")),
            parts.Rotary());
    }
}
