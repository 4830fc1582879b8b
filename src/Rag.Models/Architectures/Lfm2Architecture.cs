using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>LFM 2: short gated convolutions, and attention with normalised heads on some layers (transformers modeling_lfm2.py).</summary>
internal sealed class Lfm2Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["lfm2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        Sizes sizes = Sizes.Read(config);
        DecoderParts parts = new(config, weights, sizes with { Intermediate = Width(config, sizes.Intermediate) }) { NormEpsilon = (float)config.Double("norm_eps", 1e-5), Tied = true };
        HashSet<int> attention = AttentionLayers(config, sizes.Layers);
        return parts.Network(i => Layer(config, parts, parts.LayerName(i), attention.Contains(i)), parts.Rotary(1000000), finalNorm: "embedding_norm");
    }

    // Far above any model, so that rounding up cannot overflow.
    private const int MaxWidth = 1 << 26;

    private static LayerDescription Layer(ModelConfiguration config, DecoderParts parts, string name, bool attends)
    {
        (int hidden, int width) = (parts.Sizes.Hidden, parts.Sizes.Intermediate);
        return new LayerDescription
        {
            Residual = ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + "operator_norm"),
            Mixer = attends ? Attention(parts, name + "self_attn.") : Convolution(config, hidden, name + "conv."),
            MlpNorm = parts.Norm(name + "ffn_norm"),
            Mlp = new MlpDescription
            {
                Activation = ActivationKind.Silu,
                Gate = LinearDescription.Named(name + "feed_forward.w1", hidden, width, bias: false),
                Up = LinearDescription.Named(name + "feed_forward.w3", hidden, width, bias: false),
                Down = LinearDescription.Named(name + "feed_forward.w2", width, hidden, bias: false),
            },
        };
    }

    private static AttentionDescription Attention(DecoderParts parts, string name) => parts.Attention(name, output: "out_proj") with
    {
        QueryNorm = parts.HeadNorm(name + "q_layernorm"),
        KeyNorm = parts.HeadNorm(name + "k_layernorm"),
    };

    private static ConvolutionDescription Convolution(ModelConfiguration config, int hidden, string name)
    {
        int length = config.Count("conv_L_cache", 3, most: 64);
        bool bias = config.Boolean("conv_bias", absent: false);
        return new ConvolutionDescription
        {
            Channels = hidden,
            Length = length,
            Input = LinearDescription.Named(name + "in_proj", hidden, 3 * hidden, bias),
            Kernel = new Weight(name + "conv.weight", hidden, 1, length),
            Bias = bias ? new Weight(name + "conv.bias", hidden) : null,
            Output = LinearDescription.Named(name + "out_proj", hidden, hidden, bias),
        };
    }

    // Two thirds of the stated width, rounded up to a multiple.
    private static int Width(ModelConfiguration config, int stated)
    {
        stated = config.Count("block_ff_dim", stated);
        if (!config.Boolean("block_auto_adjust_ff_dim", absent: true))
        {
            return stated;
        }

        if (config.IsNull("block_ffn_dim_multiplier"))
        {
            return 2 * stated / 3;
        }

        int width = (int)Math.Min(config.Double("block_ffn_dim_multiplier", 1) * (2 * stated / 3), MaxWidth);
        int multiple = config.Count("block_multiple_of", 256, most: 1 << 16);
        return multiple * ((width + multiple - 1) / multiple);
    }

    private static HashSet<int> AttentionLayers(ModelConfiguration config, int layers)
    {
        if (config.Doubles("full_attn_idxs") is { } listed)
        {
            return [.. listed.Select(i => (int)i)];
        }

        IReadOnlyList<string> types = config.Strings("layer_types") ?? [];
        return [.. Enumerable.Range(0, layers).Where(i => i >= types.Count || types[i] == "full_attention")];
    }
}
