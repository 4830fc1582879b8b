using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Mistral: Llama with a window on every layer (transformers modeling_mistral.py).</summary>
internal sealed class MistralArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["mistral"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: 4096, _ => true);
        return parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.") with { Window = windows[i] }, parts.GatedMlp(parts.LayerName(i) + "mlp.")),
            parts.Rotary());
    }
}
