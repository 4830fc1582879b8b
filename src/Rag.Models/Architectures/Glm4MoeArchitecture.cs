using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>GLM-4.5: half of each head rotated, perhaps normalised, experts chosen as in DeepSeek V3 (transformers modeling_glm4_moe.py).</summary>
internal sealed class Glm4MoeArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["glm4_moe"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        bool bias = config.Boolean("attention_bias", absent: false);
        bool normalized = config.Boolean("use_qk_norm", absent: false);
        AttentionDescription Attention(string name) => parts.Attention(name, bias) with
        {
            QueryNorm = normalized ? parts.HeadNorm(name + "q_norm") : null,
            KeyNorm = normalized ? parts.HeadNorm(name + "k_norm") : null,
        };
        return parts.Network(
            i => parts.Layer(i, Attention(parts.LayerName(i) + "self_attn."), ExpertParts.Corrected(config, parts, i)),
            parts.Rotary(partial: 0.5));
    }
}
