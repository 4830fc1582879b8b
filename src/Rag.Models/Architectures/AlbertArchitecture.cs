using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>ALBERT: narrow tables, and layers that share their weights in groups (transformers modeling_albert.py).</summary>
internal sealed class AlbertArchitecture : IArchitecture
{
    private const string Family = "albert.";

    public IReadOnlyList<string> ModelTypes { get; } = ["albert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        EncoderParts parts = BertArchitecture.Parts(config, weights);
        int layers = parts.Sizes.Layers;
        int groups = config.Count("num_hidden_groups", 1, most: layers);
        int inner = config.Count("inner_group_num", 1, most: 1 << 10);
        string prefix = BertArchitecture.Prefix(weights, Family);
        EmbeddingDescription embedding = BertArchitecture.Embedding(config, parts, prefix);
        NetworkDescription network = parts.Network(embedding, i => Layer(parts, prefix, (int)((long)i * groups / layers), 0)) with
        {
            Embedding = embedding with { Projection = parts.Linear(prefix + "encoder.embedding_hidden_mapping_in", (int)embedding.Tokens.Shape[1], parts.Sizes.Hidden) },
        };
        return inner == 1 ? network : network with
        {
            Layers = [.. Enumerable.Range(0, layers).SelectMany(i => Enumerable.Range(0, inner).Select(j => Layer(parts, prefix, (int)((long)i * groups / layers), j)))],
        };
    }

    private static LayerDescription Layer(EncoderParts parts, string prefix, int group, int inner)
    {
        string name = $"{prefix}encoder.albert_layer_groups.{group}.albert_layers.{inner}.";
        return parts.PostNormLayer(
            parts.Attention(name + "attention.query", name + "attention.key", name + "attention.value", name + "attention.dense"),
            name + "attention.LayerNorm",
            parts.Mlp(name + "ffn", name + "ffn_output"),
            name + "full_layer_layer_norm");
    }
}
