using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>GLM-4 0414: norms around both blocks, pairs of neighbours in half of each head are rotated (transformers modeling_glm4.py).</summary>
internal sealed class Glm4Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["glm4"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config, headSize: 128)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1.5625e-7) };
        bool bias = config.Boolean("attention_bias", absent: false);
        LayerDescription Layer(int layer) => parts.Layer(
            layer, parts.Attention(parts.LayerName(layer) + "self_attn.", bias), parts.FusedMlp(parts.LayerName(layer) + "mlp.")) with
        {
            MixerOutputNorm = parts.Norm(parts.LayerName(layer) + "post_self_attn_layernorm"),
            MlpOutputNorm = parts.Norm(parts.LayerName(layer) + "post_mlp_layernorm"),
        };
        return parts.Network(Layer, parts.Rotary(partial: 0.5, interleaved: true));
    }
}
