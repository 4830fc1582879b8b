using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>BERT: learned positions, norms after attention and MLP, full attention (transformers modeling_bert.py). The pooler is not part of the network.</summary>
internal sealed class BertArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["bert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights) => Describe(config, weights, "bert.");

    /// <summary>BERT's network under a family's prefix, with tables of the width "embedding_size" where that is said.</summary>
    public static NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights, string family)
    {
        EncoderParts parts = Parts(config, weights);
        string prefix = Prefix(weights, family);
        return parts.Network(Embedding(config, parts, prefix), i => Layer(parts, $"{prefix}encoder.layer.{i}."));
    }

    /// <summary>BERT's sizes and settings, without those that are not supported.</summary>
    public static EncoderParts Parts(ModelConfiguration config, SafetensorsFolder weights)
    {
        if (config.String("position_embedding_type") is { } positions and not "absolute")
        {
            throw new UnsupportedException($"{config.Path}: position_embedding_type '{positions}' is not supported; 'absolute' is.", config.Path);
        }

        return !config.Boolean("is_decoder", absent: false)
            ? new EncoderParts(config, weights, Sizes.Read(config)) { MaxPositions = config.Count("max_position_embeddings", 512) }
            : throw new UnsupportedException($"{config.Path}: a {config.ModelType} with is_decoder set is not supported; it is as an encoder.", config.Path);
    }

    // By a table that is always in the file: that of the words may be another folder's.
    public static string Prefix(SafetensorsFolder weights, string family) => weights.Find(family + "embeddings.position_embeddings.weight") is null ? "" : family;

    public static EmbeddingDescription Embedding(ModelConfiguration config, EncoderParts parts, string prefix)
    {
        int width = config.Count("embedding_size", parts.Sizes.Hidden);
        return new EmbeddingDescription
        {
            Tokens = parts.Table(prefix + "embeddings.word_embeddings", parts.Sizes.Vocabulary, width),
            Positions = parts.Table(prefix + "embeddings.position_embeddings", parts.MaxPositions, width),
            TokenTypes = parts.Table(prefix + "embeddings.token_type_embeddings", config.Count("type_vocab_size", 2), width),
            Norm = parts.Norm(prefix + "embeddings.LayerNorm", width),
        };
    }

    private static LayerDescription Layer(EncoderParts parts, string name) => parts.PostNormLayer(
        parts.Attention(name + "attention.self.query", name + "attention.self.key", name + "attention.self.value", name + "attention.output.dense"),
        name + "attention.output.LayerNorm",
        parts.Mlp(name + "intermediate.dense", name + "output.dense"),
        name + "output.LayerNorm");
}
