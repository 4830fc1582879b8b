using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Qwen 3: Llama with a norm on each query and key head (transformers modeling_qwen3.py).</summary>
internal sealed class Qwen3Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["qwen3"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config, headSize: 128));
        int?[] windows = Qwen2Architecture.Windows(config, parts.Sizes.Layers);
        return parts.Network(
            i => parts.Layer(i, Attention(parts, config, i) with { Window = windows[i] }, parts.GatedMlp(parts.LayerName(i) + "mlp.")),
            parts.Rotary());
    }

    /// <summary>Attention with normalised heads, which Qwen's mixture of experts has too.</summary>
    public static AttentionDescription Attention(DecoderParts parts, ModelConfiguration config, int layer)
    {
        string name = parts.LayerName(layer) + "self_attn.";
        bool bias = config.Boolean("attention_bias", absent: false);
        return parts.Attention(name, bias, bias) with { QueryNorm = parts.HeadNorm(name + "q_norm"), KeyNorm = parts.HeadNorm(name + "k_norm") };
    }
}
