using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Gemma 2: capped scores and logits, norms around both blocks, a window on every other layer (transformers modeling_gemma2.py).</summary>
internal sealed class Gemma2Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gemma2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = GemmaArchitecture.Parts(config, weights);
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: 4096, i => i % 2 == 0);
        bool bias = config.Boolean("attention_bias", absent: false);
        float scale = 1 / MathF.Sqrt((float)config.Double("query_pre_attn_scalar", 256));
        float cap = GemmaArchitecture.SoftCap(config, "attn_logit_softcapping", 50);
        return GemmaArchitecture.Scaled(parts.Network(
            i => GemmaArchitecture.SandwichLayer(parts, i, parts.Attention(parts.LayerName(i) + "self_attn.", bias, bias) with { Scale = scale, SoftCap = cap, Window = windows[i] }),
            parts.Rotary())) with
        {
            LogitSoftCap = GemmaArchitecture.SoftCap(config, "final_logit_softcapping", 30),
        };
    }
}
