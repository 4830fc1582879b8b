using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Qwen 2 and 2.5: Llama with biases on queries, keys and values (transformers modeling_qwen2.py).</summary>
internal sealed class Qwen2Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["qwen2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        int?[] windows = Windows(config, parts.Sizes.Layers);
        return parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.", bias: true) with { Window = windows[i] }, parts.GatedMlp(parts.LayerName(i) + "mlp.")),
            parts.Rotary());
    }

    /// <summary>The windows of Qwen's families: none unless asked for, and then from some layer on.</summary>
    public static int?[] Windows(ModelConfiguration config, int layers)
    {
        int first = config.Count("max_window_layers", 28);
        return config.Boolean("use_sliding_window", absent: false) ? LayerWindows.Read(config, layers, absent: 4096, i => i >= first) : new int?[layers];
    }
}
