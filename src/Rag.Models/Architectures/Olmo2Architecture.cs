using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>OLMo 2: norms after attention and MLP only, and over all queries and keys of a token (transformers modeling_olmo2.py).</summary>
internal sealed class Olmo2Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["olmo2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        return parts.Network(
            i => new LayerDescription
            {
                Residual = ResidualForm.PreNorm,
                Mixer = Attention(parts, config, i),
                MixerOutputNorm = parts.Norm(parts.LayerName(i) + "post_attention_layernorm"),
                Mlp = parts.GatedMlp(parts.LayerName(i) + "mlp."),
                MlpOutputNorm = parts.Norm(parts.LayerName(i) + "post_feedforward_layernorm"),
            },
            parts.Rotary());
    }

    /// <summary>Attention with queries and keys normalised as a whole, which OLMoE has too.</summary>
    public static AttentionDescription Attention(DecoderParts parts, ModelConfiguration config, int layer)
    {
        string name = parts.LayerName(layer) + "self_attn.";
        bool bias = config.Boolean("attention_bias", absent: false);
        return parts.Attention(name, bias, bias) with
        {
            QueryNorm = parts.Norm(name + "q_norm", parts.Sizes.Heads * parts.Sizes.HeadSize),
            KeyNorm = parts.Norm(name + "k_norm", parts.Sizes.KeyValueHeads * parts.Sizes.HeadSize),
        };
    }
}
