using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Mamba 2: layers of state-space blocks alone (transformers modeling_mamba2.py).</summary>
internal sealed class Mamba2Architecture : IArchitecture
{
    // Nothing bounds a sequence; this only bounds what a caller may ask for.
    private const int MostPositions = 1 << 20;

    public IReadOnlyList<string> ModelTypes { get; } = ["mamba2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        int heads = config.RequireCount("num_heads", most: 1 << 14);
        Sizes sizes = new()
        {
            Vocabulary = config.RequireCount("vocab_size"),
            Hidden = config.RequireCount("hidden_size"),
            Intermediate = 1,
            Layers = config.RequireCount("num_hidden_layers", most: 1024),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = config.RequireCount("head_dim", most: 1 << 12),
        };
        DecoderParts parts = new(config, weights, sizes) { Prefix = "backbone.", NormEpsilon = (float)config.Double("layer_norm_epsilon", 1e-5) };
        LayerDescription Layer(string name) => new()
        {
            Residual = ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + "norm"),
            Mixer = Mixer(config, parts, name + "mixer."),
            Mlp = null,
        };
        return parts.Network(i => Layer(parts.LayerName(i)), embedding: "embeddings", finalNorm: "norm_f") with { MaxPositions = MostPositions };
    }

    private static MambaDescription Mixer(ModelConfiguration config, DecoderParts parts, string name)
    {
        MambaDescription mamba = MambaParts.Mixer(
            parts, name, parts.Sizes.Heads, parts.Sizes.HeadSize, config.Count("n_groups", 8), config.Count("state_size", 128, most: 1 << 12), config.Count("conv_kernel", 4, most: 64),
            config.Boolean("use_bias", absent: false), config.Boolean("use_conv_bias", absent: true), config);
        return mamba with { TimeLimits = TimeLimits.Read(config), Norm = parts.Norm(name + "norm", mamba.Inner), NormGroups = mamba.Groups };
    }
}
