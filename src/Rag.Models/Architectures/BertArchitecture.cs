using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>BERT: learned positions, norms after attention and MLP, full attention (transformers modeling_bert.py). The pooler is not part of the network.</summary>
internal sealed class BertArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["bert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        Sizes sizes = Sizes.Read(config);
        if (config.String("position_embedding_type") is { } positions and not "absolute")
        {
            throw new UnsupportedException($"{config.Path}: position_embedding_type '{positions}' is not supported; 'absolute' is.", config.Path);
        }

        if (config.Boolean("is_decoder", absent: false))
        {
            throw new UnsupportedException($"{config.Path}: BERT with is_decoder set is not supported; it is as an encoder.", config.Path);
        }

        // By a table that is always in the file: that of the words may be another folder's.
        string prefix = weights.Find("bert.embeddings.position_embeddings.weight") is null ? "" : "bert.";
        int maxPositions = config.Count("max_position_embeddings", 512);
        NormDescription Norm(string name) => ReadNorm(config, weights, sizes, name);
        return new NetworkDescription
        {
            Kind = NetworkKind.Encoder,
            VocabularySize = sizes.Vocabulary,
            HiddenSize = sizes.Hidden,
            MaxPositions = maxPositions,
            Embedding = new EmbeddingDescription
            {
                Tokens = new Weight(prefix + "embeddings.word_embeddings.weight", sizes.Vocabulary, sizes.Hidden),
                Positions = new Weight(prefix + "embeddings.position_embeddings.weight", maxPositions, sizes.Hidden),
                TokenTypes = new Weight(prefix + "embeddings.token_type_embeddings.weight", config.Count("type_vocab_size", 2), sizes.Hidden),
                Norm = Norm(prefix + "embeddings.LayerNorm"),
            },
            Layers = [.. Enumerable.Range(0, sizes.Layers).Select(i => Layer(config, sizes, $"{prefix}encoder.layer.{i}.", Norm))],
        };
    }

    private static LayerDescription Layer(ModelConfiguration config, Sizes sizes, string name, Func<string, NormDescription> norm)
    {
        LinearDescription Linear(string part, int inputs, int outputs) => LinearDescription.Named(name + part, inputs, outputs, bias: true);
        return new LayerDescription
        {
            Residual = ResidualForm.PostNorm,
            Mixer = new AttentionDescription
            {
                Heads = sizes.Heads,
                KeyValueHeads = sizes.Heads,
                HeadSize = sizes.HeadSize,
                Scale = 1 / MathF.Sqrt(sizes.HeadSize),
                Query = Linear("attention.self.query", sizes.Hidden, sizes.Hidden),
                Key = Linear("attention.self.key", sizes.Hidden, sizes.Hidden),
                Value = Linear("attention.self.value", sizes.Hidden, sizes.Hidden),
                Output = Linear("attention.output.dense", sizes.Hidden, sizes.Hidden),
            },
            MixerNorm = norm(name + "attention.output.LayerNorm"),
            Mlp = new MlpDescription
            {
                Activation = Activations.Read(config, "hidden_act", "gelu"),
                Up = Linear("intermediate.dense", sizes.Hidden, sizes.Intermediate),
                Down = Linear("output.dense", sizes.Intermediate, sizes.Hidden),
            },
            MlpNorm = norm(name + "output.LayerNorm"),
        };
    }

    // The oldest checkpoints, converted from TensorFlow, say gamma and beta.
    private static NormDescription ReadNorm(ModelConfiguration config, SafetensorsFolder weights, Sizes sizes, string name)
    {
        bool old = weights.Find(name + ".weight") is null && weights.Find(name + ".gamma") is not null;
        return new NormDescription(
            NormKind.Layer,
            new Weight(name + (old ? ".gamma" : ".weight"), sizes.Hidden),
            new Weight(name + (old ? ".beta" : ".bias"), sizes.Hidden),
            (float)config.Double("layer_norm_eps", 1e-12));
    }
}
