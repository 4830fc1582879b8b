using System.Text.Json;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>DeBERTa 2 and 3: BERT with disentangled attention in place of positions (transformers modeling_deberta_v2.py).</summary>
internal sealed class DebertaV2Architecture : IArchitecture
{
    // A row number is kept for each distance.
    private const int MostPositions = 1 << 16;

    public IReadOnlyList<string> ModelTypes { get; } = ["deberta-v2"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        if (config.Has("conv_kernel_size") && config.Count("conv_kernel_size", 1) > 0)
        {
            throw new UnsupportedException($"{config.Path}: a deberta-v2 with a convolution (conv_kernel_size), as v2-xlarge and v2-xxlarge have it, is not supported; v3 is.", config.Path);
        }

        EncoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("layer_norm_eps", 1e-7), MaxPositions = config.Count("max_position_embeddings", 512, most: MostPositions) };
        string prefix = weights.Find("deberta.embeddings.word_embeddings.weight") is null ? "" : "deberta.";
        DisentangledDescription? positions = config.Boolean("relative_attention", absent: false) ? Positions(config, parts, prefix) : null;
        return parts.Network(Embedding(config, weights, parts, prefix), i => Layer(config, parts, $"{prefix}encoder.layer.{i}.", positions));
    }

    private static EmbeddingDescription Embedding(ModelConfiguration config, SafetensorsFolder weights, EncoderParts parts, string prefix)
    {
        int width = config.Count("embedding_size", parts.Sizes.Hidden);
        string types = prefix + "embeddings.token_type_embeddings";
        return new EmbeddingDescription
        {
            Tokens = parts.Table(prefix + "embeddings.word_embeddings", parts.Sizes.Vocabulary, width),
            Positions = config.Boolean("position_biased_input", absent: true) ? parts.Table(prefix + "embeddings.position_embeddings", parts.MaxPositions, width) : null,
            TokenTypes = weights.Find(types + ".weight") is null ? null : parts.Table(types, config.Count("type_vocab_size", 1), width),
            Projection = width == parts.Sizes.Hidden ? null : parts.Linear(prefix + "embeddings.embed_proj", width, parts.Sizes.Hidden),
            Norm = parts.Norm(prefix + "embeddings.LayerNorm"),
        };
    }

    // What all layers share.
    private static DisentangledDescription Positions(ModelConfiguration config, EncoderParts parts, string prefix)
    {
        int buckets = Optional(config, "position_buckets");
        int most = Optional(config, "max_relative_positions") is var stated and > 0 ? stated : parts.MaxPositions;
        if (buckets > 0 && (buckets % 2 != 0 || most - 1 <= buckets / 2))
        {
            throw config.Wrong("position_buckets", $"an even number whose half is below the longest distance, {most - 1}");
        }

        return new DisentangledDescription(parts.Table(prefix + "encoder.rel_embeddings", 2 * (buckets > 0 ? buckets : most)))
        {
            Norm = (config.String("norm_rel_ebd") ?? "none").Contains("layer_norm", StringComparison.OrdinalIgnoreCase) ? parts.Norm(prefix + "encoder.LayerNorm") : null,
            Buckets = buckets,
            MaxDistance = most,
        };
    }

    private static LayerDescription Layer(ModelConfiguration config, EncoderParts parts, string name, DisentangledDescription? positions)
    {
        string self = name + "attention.self.";
        AttentionDescription attention = parts.Attention(self + "query_proj", self + "key_proj", self + "value_proj", name + "attention.output.dense");
        string[] kinds = Kinds(config);
        if (positions is not null && kinds.Length > 0)
        {
            bool shared = config.Boolean("share_att_key", absent: false);
            int size = parts.Sizes.Heads * parts.Sizes.HeadSize;
            bool keys = kinds.Contains("c2p"), queries = kinds.Contains("p2c");
            attention = attention with
            {
                Scale = 1 / MathF.Sqrt(parts.Sizes.HeadSize * (1 + (keys ? 1 : 0) + (queries ? 1 : 0))),
                Disentangled = positions with
                {
                    PositionKey = !keys ? null : shared ? attention.Key : parts.Linear(self + "pos_key_proj", parts.Sizes.Hidden, size),
                    PositionQuery = !queries ? null : shared ? attention.Query : parts.Linear(self + "pos_query_proj", parts.Sizes.Hidden, size),
                },
            };
        }

        return parts.PostNormLayer(attention, name + "attention.output.LayerNorm", parts.Mlp(name + "intermediate.dense", name + "output.dense"), name + "output.LayerNorm");
    }

    // A list, or in older files one text with bars.
    private static string[] Kinds(ModelConfiguration config) => !config.Has("pos_att_type")
        ? []
        : config.Root.GetProperty("pos_att_type").ValueKind == JsonValueKind.String ? config.RequireString("pos_att_type").Split('|') : [.. config.Strings("pos_att_type")!];

    // Absent, null, 0 and -1 all say none.
    private static int Optional(ModelConfiguration config, string key) => config.Double(key, 0) > 0 ? config.Count(key, 1) : 0;
}
