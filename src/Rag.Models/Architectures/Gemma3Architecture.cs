using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Gemma 3, the text model: normalised heads, and windows with a rotary base of their own on most layers; seeing both ways where it is an embedding model (transformers modeling_gemma3.py).</summary>
internal sealed class Gemma3Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gemma3_text"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = GemmaArchitecture.Parts(config, weights);
        int pattern = config.OptionalCount("sliding_window_pattern") ?? config.Count("_sliding_window_pattern", 6);
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: 4096, i => (i + 1) % pattern != 0);
        bool bothWays = config.Boolean("use_bidirectional_attention", absent: false);
        if (bothWays)
        {
            // The whole window is stated: half of it lies before a token and half after.
            windows = [.. windows.Select(window => (window / 2) + 1)];
        }

        bool bias = config.Boolean("attention_bias", absent: false);
        float scale = 1 / MathF.Sqrt((float)config.Double("query_pre_attn_scalar", 256));
        float cap = GemmaArchitecture.SoftCap(config, "attn_logit_softcapping", 0);
        AttentionDescription Attention(string name, int? window) => parts.Attention(name, bias, bias) with
        {
            Scale = scale,
            SoftCap = cap,
            Window = window,
            Rope = window is null ? 0 : 1,
            QueryNorm = parts.HeadNorm(name + "q_norm"),
            KeyNorm = parts.HeadNorm(name + "k_norm"),
        };
        NetworkDescription network = GemmaArchitecture.Scaled(parts.Network(i => GemmaArchitecture.SandwichLayer(parts, i, Attention(parts.LayerName(i) + "self_attn.", windows[i])))) with
        {
            Ropes = Ropes(config, parts),
            LogitSoftCap = GemmaArchitecture.SoftCap(config, "final_logit_softcapping", 0),
        };
        return bothWays ? network with { Kind = NetworkKind.Encoder, Head = null } : network;
    }

    // That of the layers that see everything, then that of the others; rescaling is for the first alone.
    private static RopeDescription[] Ropes(ModelConfiguration config, DecoderParts parts)
    {
        ModelConfiguration? both = config.Section("rope_parameters");
        RopeConfiguration full = RopeConfiguration.Read(config, both?.Section("full_attention") ?? both ?? config.Section("rope_scaling"), config.Double("rope_theta", 1000000));
        RopeConfiguration local = RopeConfiguration.Read(config, both?.Section("sliding_attention"), config.Double("rope_local_base_freq", 10000));
        return [Rope.Describe(full, parts.Sizes.HeadSize, config.Path), Rope.Describe(local, parts.Sizes.HeadSize, config.Path)];
    }
}
