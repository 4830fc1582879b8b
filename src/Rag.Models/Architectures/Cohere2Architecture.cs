using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Command R7B and A: Command R with windows on most layers and no positions on the others (transformers modeling_cohere2.py).</summary>
internal sealed class Cohere2Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["cohere2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = CohereArchitecture.Parts(config, weights);
        int pattern = config.OptionalCount("sliding_window_pattern") ?? config.Count("_sliding_window_pattern", 4);
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: 4096, i => (i + 1) % pattern != 0);
        return CohereArchitecture.Network(
            parts, config, (name, layer) => CohereArchitecture.Attention(parts, config, name) with { Window = windows[layer], Rope = windows[layer] is null ? null : 0 });
    }
}
