using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Qwen 3 with experts (transformers modeling_qwen3_moe.py).</summary>
internal sealed class Qwen3MoeArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["qwen3_moe"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        int?[] windows = config.Boolean("use_sliding_window", absent: false)
            ? LayerWindows.Read(config, parts.Sizes.Layers, absent: 4096, _ => true)
            : new int?[parts.Sizes.Layers];
        return parts.Network(
            i => parts.Layer(i, Qwen3Architecture.Attention(parts, config, i) with { Window = windows[i] }, Qwen2MoeArchitecture.Experts(config, parts, i, shared: false)),
            parts.Rotary());
    }
}
