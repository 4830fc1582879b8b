using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Granite 3: Llama with factors on embeddings, scores, residuals and logits (transformers modeling_granite.py).</summary>
internal sealed class GraniteArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["granite"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        bool bias = config.Boolean("mlp_bias", absent: false);
        return Network(parts, config, i => parts.GatedMlp(parts.LayerName(i) + "mlp.", bias: bias));
    }

    /// <summary>The network around a layer's MLP, which Granite's mixture of experts has too.</summary>
    public static NetworkDescription Network(DecoderParts parts, ModelConfiguration config, Func<int, FeedForwardDescription> mlp)
    {
        bool bias = config.Boolean("attention_bias", absent: false);
        float scale = (float)config.Double("attention_multiplier", 1);
        float residual = (float)config.Double("residual_multiplier", 1);
        NetworkDescription network = parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.", bias, bias) with { Scale = scale }, mlp(i)) with { ResidualMultiplier = residual },
            parts.Rotary());
        return network with
        {
            Embedding = network.Embedding with { Multiplier = (float)config.Double("embedding_multiplier", 1) },
            LogitMultiplier = (float)(1 / config.Double("logits_scaling", 1)),
        };
    }
}
