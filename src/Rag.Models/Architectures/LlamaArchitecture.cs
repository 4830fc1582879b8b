using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Llama 1 to 3: RMS norms before attention and MLP, rotary positions, grouped queries, SwiGLU (transformers modeling_llama.py).</summary>
internal sealed class LlamaArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["llama"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        bool attentionBias = config.Boolean("attention_bias", absent: false);
        bool mlpBias = config.Boolean("mlp_bias", absent: false);
        return parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.", attentionBias, attentionBias), parts.GatedMlp(parts.LayerName(i) + "mlp.", bias: mlpBias)),
            parts.Rotary());
    }
}
