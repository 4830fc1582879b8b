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
        bool normalized = config.Boolean("qk_layernorm", absent: false);
        NormDescription? HeadNorm(string name, int heads)
        {
            Weight[] own = [.. Enumerable.Range(0, heads).Select(i => new Weight($"{name}.norms.{i}.weight", parts.Sizes.HeadSize))];
            return normalized ? new NormDescription(NormKind.Layer, own[0], null, parts.NormEpsilon) { HeadWeights = own } : null;
        }

        AttentionDescription Attention(string name) => parts.Attention(name, config.Boolean("use_qkv_bias", absent: false)) with
        {
            QueryNorm = HeadNorm(name + "q_layernorm", parts.Sizes.Heads),
            KeyNorm = HeadNorm(name + "k_layernorm", parts.Sizes.KeyValueHeads),
        };
        bool parallel = config.Boolean("use_parallel_residual", absent: false);
        LayerDescription Layer(int layer)
        {
            LayerDescription plain = parts.Layer(layer, Attention(parts.LayerName(layer) + "self_attn."), parts.GatedMlp(parts.LayerName(layer) + "mlp."));
            return parallel ? plain with { Residual = ResidualForm.Parallel, MlpNorm = null } : plain;
        }

        return parts.Network(Layer, parts.Rotary(partial: 0.25));
    }
}
