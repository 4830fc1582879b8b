using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>DistilBERT: BERT under other names and without token types (transformers modeling_distilbert.py).</summary>
internal sealed class DistilBertArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["distilbert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        EncoderParts parts = new(config, weights, Sizes.Read(config))
        {
            NormEpsilon = 1e-12f,
            Activation = Activations.Read(config, "activation", "gelu"),
            MaxPositions = config.Count("max_position_embeddings", 512),
        };
        string prefix = BertArchitecture.Prefix(weights, "distilbert.");
        EmbeddingDescription embedding = new()
        {
            Tokens = parts.Table(prefix + "embeddings.word_embeddings", parts.Sizes.Vocabulary),
            Positions = parts.Table(prefix + "embeddings.position_embeddings", parts.MaxPositions),
            Norm = parts.Norm(prefix + "embeddings.LayerNorm"),
        };
        return parts.Network(embedding, i => Layer(parts, $"{prefix}transformer.layer.{i}."));
    }

    private static LayerDescription Layer(EncoderParts parts, string name) => parts.PostNormLayer(
        parts.Attention(name + "attention.q_lin", name + "attention.k_lin", name + "attention.v_lin", name + "attention.out_lin"),
        name + "sa_layer_norm",
        parts.Mlp(name + "ffn.lin1", name + "ffn.lin2"),
        name + "output_layer_norm");
}
