using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Gemma 1: norms that multiply by 1 + w, embeddings times sqrt(hidden), GeGLU (transformers modeling_gemma.py).</summary>
internal sealed class GemmaArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gemma"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = Parts(config, weights);
        bool bias = config.Boolean("attention_bias", absent: false);
        return Scaled(parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.", bias, bias), parts.GatedMlp(parts.LayerName(i) + "mlp.")),
            parts.Rotary()));
    }

    /// <summary>What the three generations share.</summary>
    public static DecoderParts Parts(ModelConfiguration config, SafetensorsFolder weights) => new(config, weights, Sizes.Read(config, headSize: 256))
    {
        NormOffset = 1,
        Tied = true,

        // The first checkpoints say "gelu" and were trained with its tanh form.
        Activation = config.Has("hidden_activation") || config.String("hidden_act") is not "gelu"
            ? Activations.Read(config, config.Has("hidden_activation") ? "hidden_activation" : "hidden_act", "gelu_pytorch_tanh")
            : ActivationKind.GeluTanh,
    };

    public static NetworkDescription Scaled(NetworkDescription network) =>
        network with { Embedding = network.Embedding with { Multiplier = MathF.Sqrt(network.HiddenSize) } };

    /// <summary>A layer with norms before and after both blocks, as the later generations have.</summary>
    public static LayerDescription SandwichLayer(DecoderParts parts, int layer, AttentionDescription attention)
    {
        string name = parts.LayerName(layer);
        return new LayerDescription
        {
            Residual = ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + "input_layernorm"),
            Mixer = attention,
            MixerOutputNorm = parts.Norm(name + "post_attention_layernorm"),
            MlpNorm = parts.Norm(name + "pre_feedforward_layernorm"),
            Mlp = parts.GatedMlp(name + "mlp."),
            MlpOutputNorm = parts.Norm(name + "post_feedforward_layernorm"),
        };
    }

    /// <summary>A cap on scores or logits; 0 for none.</summary>
    public static float SoftCap(ModelConfiguration config, string key, double absent)
    {
        double cap = config.IsNull(key) ? 0 : config.Double(key, absent);
        return cap >= 0 ? (float)cap : throw config.Wrong(key, "a number that is not negative");
    }
}
