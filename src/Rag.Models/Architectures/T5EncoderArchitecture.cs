using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>T5's encoder: relative biases in place of positions, scores that are not scaled, RMS norms before both blocks (transformers modeling_t5.py).</summary>
internal sealed class T5EncoderArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["t5", "mt5", "umt5"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        string feedForward = config.String("feed_forward_proj") ?? "relu";
        bool gated = feedForward.StartsWith("gated-", StringComparison.Ordinal);
        EncoderParts parts = new(config, weights, Sizes.Read(config, headSize: config.Count("d_kv", 64)))
        {
            NormKind = NormKind.RootMeanSquare,
            NormEpsilon = (float)config.Double("layer_norm_epsilon", 1e-6),
            Activation = feedForward switch
            {
                "gated-gelu" => ActivationKind.GeluTanh,
                "relu" or "gated-relu" => ActivationKind.Relu,
                "gelu" => ActivationKind.Gelu,
                "gated-silu" or "silu" => ActivationKind.Silu,
                _ => throw new UnsupportedException($"{config.Path}: the feed_forward_proj '{feedForward}' is not supported; relu, gelu, silu and their gated forms are.", config.Path),
            },
        };
        string shared = weights.Find("shared.weight") is not null ? "shared" : "encoder.embed_tokens";
        return parts.Network(new EmbeddingDescription { Tokens = parts.Table(shared, parts.Sizes.Vocabulary) }, i => Layer(config, weights, parts, i, gated)) with
        {
            FinalNorm = parts.Norm("encoder.final_layer_norm"),
        };
    }

    private static LayerDescription Layer(ModelConfiguration config, SafetensorsFolder weights, EncoderParts parts, int layer, bool gated)
    {
        string name = $"encoder.block.{layer}.layer.";
        string attention = name + "0.SelfAttention.";
        string dense = name + "1.DenseReluDense.";
        MlpDescription mlp = parts.Mlp(dense + (gated ? "wi_1" : "wi"), dense + "wo");
        return new LayerDescription
        {
            Residual = ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + "0.layer_norm"),
            Mixer = parts.Attention(attention + "q", attention + "k", attention + "v", attention + "o") with
            {
                Scale = 1,
                RelativeBias = Bias(config, weights, parts, layer),
            },
            MlpNorm = parts.Norm(name + "1.layer_norm"),
            Mlp = gated ? mlp with { Gate = parts.Linear(dense + "wi_0", parts.Sizes.Hidden, parts.Sizes.Intermediate) } : mlp,
        };
    }

    // The first layer's serves all, but for the family that has one for each.
    private static RelativeBiasDescription Bias(ModelConfiguration config, SafetensorsFolder weights, EncoderParts parts, int layer)
    {
        static string Name(int layer) => $"encoder.block.{layer}.layer.0.SelfAttention.relative_attention_bias";
        string name = weights.Find(Name(layer) + ".weight") is null ? Name(0) : Name(layer);
        int buckets = config.Count("relative_attention_num_buckets", 32, most: 1 << 10);
        int distance = config.Count("relative_attention_max_distance", 128, most: 1 << 16);
        return buckets % 4 == 0 && distance > buckets / 4
            ? new RelativeBiasDescription(parts.Table(name, buckets, parts.Sizes.Heads), distance)
            : throw config.Wrong("relative_attention_num_buckets", $"a multiple of 4 whose quarter is below relative_attention_max_distance, {distance}");
    }
}
