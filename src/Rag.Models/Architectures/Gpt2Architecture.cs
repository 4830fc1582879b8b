using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>GPT-2: learned positions, weights stored [in, out], fused queries, keys and values (transformers modeling_gpt2.py).</summary>
internal sealed class Gpt2Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gpt2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config, widening: 4))
        {
            Prefix = DecoderParts.PrefixOf(weights, "transformer.", "wte"),
            NormKind = NormKind.Layer,
            NormBias = true,
            NormEpsilon = (float)config.Double("layer_norm_epsilon", 1e-5),
            Activation = Activations.Read(config, "activation_function", "gelu_new"),
            Tied = true,
        };
        NetworkDescription network = parts.Network(i => Layer(parts, config, i), embedding: "wte", finalNorm: "ln_f");
        return network with { Embedding = network.Embedding with { Positions = new Weight(parts.Prefix + "wpe.weight", network.MaxPositions, parts.Sizes.Hidden) } };
    }

    private static LayerDescription Layer(DecoderParts parts, ModelConfiguration config, int layer)
    {
        string name = $"{parts.Prefix}h.{layer}.";
        (int hidden, int width) = (parts.Sizes.Hidden, parts.Sizes.Intermediate);
        LinearDescription all = LinearDescription.NamedTransposed(name + "attn.c_attn", hidden, 3 * hidden);
        float scale = config.Boolean("scale_attn_weights", absent: true) ? 1 / MathF.Sqrt(parts.Sizes.HeadSize) : 1;
        return new LayerDescription
        {
            Residual = ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + "ln_1"),
            Mixer = parts.AttentionOf(
                all.Outputs(1, 3, 0, 1), all.Outputs(1, 3, 1, 1), all.Outputs(1, 3, 2, 1), LinearDescription.NamedTransposed(name + "attn.c_proj", hidden, hidden)) with
            {
                Rope = null,
                Scale = config.Boolean("scale_attn_by_inverse_layer_idx", absent: false) ? scale / (layer + 1) : scale,
            },
            MlpNorm = parts.Norm(name + "ln_2"),
            Mlp = new MlpDescription
            {
                Activation = parts.Activation,
                Up = LinearDescription.NamedTransposed(name + "mlp.c_fc", hidden, width),
                Down = LinearDescription.NamedTransposed(name + "mlp.c_proj", width, hidden),
            },
        };
    }
}
