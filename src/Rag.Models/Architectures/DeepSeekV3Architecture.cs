using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>DeepSeek V3 and R1: latent attention, experts chosen by corrected sigmoid scores (transformers modeling_deepseek_v3.py).</summary>
internal sealed class DeepSeekV3Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["deepseek_v3"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        return parts.Network(
            i => parts.Layer(i, LatentParts.Attention(config, parts, i), ExpertParts.Corrected(config, parts, i)),
            LatentParts.Rotary(config));
    }
}
