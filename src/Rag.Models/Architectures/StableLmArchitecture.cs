using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>StableLM 2 and 3B: Llama with layer norms and a partial rotation (transformers modeling_stablelm.py).</summary>
internal sealed class StableLmArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["stablelm"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormKind = NormKind.Layer, NormBias = true, NormEpsilon = (float)config.Double("layer_norm_eps", 1e-5) };
        if (config.Boolean("qk_layernorm", absent: false))
        {
            throw new UnsupportedException($"{config.Path}: the model_type 'stablelm' with qk_layernorm is not supported.", config.Path);
        }

        bool parallel = config.Boolean("use_parallel_residual", absent: false);
        bool bias = config.Boolean("use_qkv_bias", absent: false);
        LayerDescription Layer(int layer)
        {
            LayerDescription plain = parts.Layer(layer, parts.Attention(parts.LayerName(layer) + "self_attn.", bias), parts.GatedMlp(parts.LayerName(layer) + "mlp."));
            return parallel ? plain with { Residual = ResidualForm.Parallel, MlpNorm = null } : plain;
        }

        return parts.Network(Layer, parts.Rotary(partial: 0.25));
    }
}
