using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>MPNet: RoBERTa's positions and one table of T5's relative biases for all layers (transformers modeling_mpnet.py).</summary>
internal sealed class MpnetArchitecture : IArchitecture
{
    // The reference reads neither from the configuration.
    private const int Buckets = 32;
    private const int MaxDistance = 128;

    public IReadOnlyList<string> ModelTypes { get; } = ["mpnet"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        EncoderParts parts = BertArchitecture.Parts(config, weights);
        string prefix = BertArchitecture.Prefix(weights, "mpnet.");
        EmbeddingDescription embedding = BertArchitecture.Embedding(config, parts, prefix) with { TokenTypes = null };
        RelativeBiasDescription bias = new(parts.Table(prefix + "encoder.relative_attention_bias", Buckets, parts.Sizes.Heads), MaxDistance);
        return RobertaArchitecture.Counted(parts.Network(embedding, i => Layer(parts, $"{prefix}encoder.layer.{i}.", bias)), config);
    }

    private static LayerDescription Layer(EncoderParts parts, string name, RelativeBiasDescription bias)
    {
        string attention = name + "attention.attn.";
        return parts.PostNormLayer(
            parts.Attention(attention + "q", attention + "k", attention + "v", attention + "o") with { RelativeBias = bias },
            name + "attention.LayerNorm",
            parts.Mlp(name + "intermediate.dense", name + "output.dense"),
            name + "output.LayerNorm");
    }
}
