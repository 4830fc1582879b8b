using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>GPT-J: one norm feeds both blocks, pairs of neighbours are rotated (transformers modeling_gptj.py).</summary>
internal sealed class GptJArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gptj"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = Parts(config, weights);
        return Network(parts, config, (name, output) => parts.AttentionOf(Projection(parts, name + "q_proj"), Projection(parts, name + "k_proj"), Projection(parts, name + "v_proj"), output));
    }

    /// <summary>What CodeGen shares with it.</summary>
    public static DecoderParts Parts(ModelConfiguration config, SafetensorsFolder weights) => new(config, weights, Sizes.Read(config, widening: 4))
    {
        Prefix = DecoderParts.PrefixOf(weights, "transformer.", "wte"),
        NormKind = NormKind.Layer,
        NormBias = true,
        NormEpsilon = (float)config.Double("layer_norm_epsilon", 1e-5),
        Activation = Activations.Read(config, "activation_function", "gelu_new"),
    };

    /// <summary>The network, given how a layer's attention follows from its name and its last linear layer.</summary>
    public static NetworkDescription Network(DecoderParts parts, ModelConfiguration config, Func<string, LinearDescription, AttentionDescription> attention)
    {
        int size = parts.Sizes.HeadSize;
        double partial = (double)config.Count("rotary_dim", Math.Min(64, size), most: size) / size;
        LayerDescription Layer(string name) => new()
        {
            Residual = ResidualForm.Parallel,
            MixerNorm = parts.Norm(name + "ln_1"),
            Mixer = attention(name + "attn.", Projection(parts, name + "attn.out_proj")),
            Mlp = parts.PlainMlp(name + "mlp.fc_in", name + "mlp.fc_out"),
        };
        return parts.Network(i => Layer($"{parts.Prefix}h.{i}."), parts.Rotary(partial: partial, interleaved: true), "wte", "ln_f");
    }

    private static LinearDescription Projection(DecoderParts parts, string name) => LinearDescription.Named(name, parts.Sizes.Hidden, parts.Sizes.Hidden, bias: false);
}
