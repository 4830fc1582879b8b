using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>SmolLM 3: Llama with no rotary positions on every fourth layer (transformers modeling_smollm3.py).</summary>
internal sealed class SmolLm3Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["smollm3"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { Tied = true };
        bool attentionBias = config.Boolean("attention_bias", absent: false);
        bool mlpBias = config.Boolean("mlp_bias", absent: false);
        int interval = config.Count("no_rope_layer_interval", 4);
        IReadOnlyList<double>? listed = config.Doubles("no_rope_layers");
        if (listed is not null && listed.Count < parts.Sizes.Layers)
        {
            throw config.Wrong("no_rope_layers", $"a list of {parts.Sizes.Layers} numbers");
        }

        bool Rotates(int layer) => listed is null ? (layer + 1) % interval != 0 : listed[layer] != 0;
        int?[] windows = config.Boolean("use_sliding_window", absent: false)
            ? LayerWindows.Read(config, parts.Sizes.Layers, absent: null, layer => !Rotates(layer))
            : new int?[parts.Sizes.Layers];
        return parts.Network(
            i => parts.Layer(
                i,
                parts.Attention(parts.LayerName(i) + "self_attn.", attentionBias, attentionBias) with { Rope = Rotates(i) ? 0 : null, Window = windows[i] },
                parts.GatedMlp(parts.LayerName(i) + "mlp.", bias: mlpBias)),
            parts.Rotary(2000000));
    }
}
