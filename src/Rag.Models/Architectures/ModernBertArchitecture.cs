using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>ModernBERT: rotary positions with a base of their own where a layer sees a window, norms before both blocks, GeGLU (transformers modeling_modernbert.py).</summary>
internal sealed class ModernBertArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["modernbert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        EncoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("norm_eps", 1e-5) };
        string prefix = DecoderParts.PrefixOf(weights, "model.", "embeddings.tok_embeddings");
        int every = config.Count("global_attn_every_n_layers", 3);
        bool[] slides = LayerWindows.Sliding(config, parts.Sizes.Layers, i => i % every != 0);

        // The whole window is stated: half of it lies before a token and half after.
        int window = (config.Count("local_attention", 128) / 2) + 1;
        EmbeddingDescription embedding = new()
        {
            Tokens = parts.Table(prefix + "embeddings.tok_embeddings", parts.Sizes.Vocabulary),
            Norm = parts.Norm(prefix + "embeddings.norm"),
        };
        return parts.Network(embedding, i => Layer(parts, $"{prefix}layers.{i}.", i > 0, slides[i] ? window : null)) with
        {
            Ropes = Ropes(config, parts),
            FinalNorm = parts.Norm(prefix + "final_norm"),
        };
    }

    private static LayerDescription Layer(EncoderParts parts, string name, bool normed, int? window) => new()
    {
        Residual = ResidualForm.PreNorm,
        MixerNorm = normed ? parts.Norm(name + "attn_norm") : null,
        Mixer = parts.FusedAttention(name + "attn.Wqkv", name + "attn.Wo") with { Window = window, Rope = window is null ? 0 : 1 },
        MlpNorm = parts.Norm(name + "mlp_norm"),
        Mlp = parts.FusedMlp(name + "mlp.Wi", name + "mlp.Wo", gate: 0),
    };

    // That of the layers that see everything, then that of the others.
    private static RopeDescription[] Ropes(ModelConfiguration config, EncoderParts parts)
    {
        ModelConfiguration? both = config.Section("rope_parameters");
        double global = config.Double("global_rope_theta", 160000);
        RopeConfiguration full = RopeConfiguration.Read(config, both?.Section("full_attention"), global);
        RopeConfiguration local = RopeConfiguration.Read(config, both?.Section("sliding_attention"), config.IsNull("local_rope_theta") ? global : config.Double("local_rope_theta", 10000));
        return [Rope.Describe(full, parts.Sizes.HeadSize, config.Path), Rope.Describe(local, parts.Sizes.HeadSize, config.Path)];
    }
}
