using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Phi 3, 3.5 and 4: Llama with fused projections, a partial rotation and LongRoPE (transformers modeling_phi3.py).</summary>
internal sealed class Phi3Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["phi3"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: null, _ => true);
        return parts.Network(
            i => parts.Layer(i, Attention(parts, parts.LayerName(i) + "self_attn.") with { Window = windows[i] }, parts.FusedMlp(parts.LayerName(i) + "mlp.")),
            parts.Rotary());
    }

    private static AttentionDescription Attention(DecoderParts parts, string name)
    {
        (int heads, int keys, int size) = (parts.Sizes.Heads, parts.Sizes.KeyValueHeads, parts.Sizes.HeadSize);
        LinearDescription all = LinearDescription.Named(name + "qkv_proj", parts.Sizes.Hidden, (heads + (2 * keys)) * size, bias: false);
        return parts.AttentionOf(
            all.Outputs(1, heads + (2 * keys), 0, heads),
            all.Outputs(1, heads + (2 * keys), heads, keys),
            all.Outputs(1, heads + (2 * keys), heads + keys, keys),
            LinearDescription.Named(name + "o_proj", heads * size, parts.Sizes.Hidden, bias: false));
    }
}
