using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Command R: one norm without a bias feeds both blocks, pairs of neighbours are rotated (transformers modeling_cohere.py).</summary>
internal sealed class CohereArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["cohere"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = Parts(config, weights);
        bool normalized = config.Boolean("use_qk_norm", absent: false);
        NormDescription? HeadNorm(string name, int heads) => normalized
            ? new NormDescription(NormKind.Layer, new Weight(name + ".weight", heads, parts.Sizes.HeadSize), null, parts.NormEpsilon)
            : null;
        return Network(parts, config, (name, _) => Attention(parts, config, name) with
        {
            QueryNorm = HeadNorm(name + "q_norm", parts.Sizes.Heads),
            KeyNorm = HeadNorm(name + "k_norm", parts.Sizes.KeyValueHeads),
        });
    }

    /// <summary>What Command R's second generation shares with it.</summary>
    public static DecoderParts Parts(ModelConfiguration config, SafetensorsFolder weights) =>
        new(config, weights, Sizes.Read(config)) { NormKind = NormKind.Layer, NormEpsilon = (float)config.Double("layer_norm_eps", 1e-5), Tied = true };

    public static AttentionDescription Attention(DecoderParts parts, ModelConfiguration config, string name)
    {
        bool bias = config.Boolean("attention_bias", absent: false);
        return parts.Attention(name, bias, bias);
    }

    /// <summary>The network, given how a layer's attention follows from its name and number.</summary>
    public static NetworkDescription Network(DecoderParts parts, ModelConfiguration config, Func<string, int, AttentionDescription> attention)
    {
        LayerDescription Layer(int layer) => new()
        {
            Residual = ResidualForm.Parallel,
            MixerNorm = parts.Norm(parts.LayerName(layer) + "input_layernorm"),
            Mixer = attention(parts.LayerName(layer) + "self_attn.", layer),
            Mlp = parts.GatedMlp(parts.LayerName(layer) + "mlp."),
        };
        return parts.Network(Layer, parts.Rotary(interleaved: true)) with { LogitMultiplier = (float)config.Double("logit_scale", 0.0625) };
    }
}
