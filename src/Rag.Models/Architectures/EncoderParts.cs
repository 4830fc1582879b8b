using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>The parts that encoder families share; a family names its tensors and replaces what differs with <c>with</c>.</summary>
internal sealed class EncoderParts(ModelConfiguration config, SafetensorsFolder weights, Sizes sizes)
{
    // A family without a table of positions has no end but what its configuration says.
    private const int DefaultPositions = 2048;

    public Sizes Sizes { get; } = sizes;

    public NormKind NormKind { get; init; } = NormKind.Layer;

    public float NormEpsilon { get; init; } = (float)config.Double("layer_norm_eps", 1e-12);

    public ActivationKind Activation { get; init; } = Activations.Read(config, config.Has("hidden_activation") ? "hidden_activation" : "hidden_act", "gelu");

    public int MaxPositions { get; init; } = config.OptionalCount("max_position_embeddings") ?? config.Count("n_positions", DefaultPositions);

    /// <summary>The padding token's id, which some families count positions from.</summary>
    public static int PaddingId(ModelConfiguration config, int absent) => config.TokenIds("pad_token_id") is [var id, ..] ? id : absent;

    /// <summary>A norm with a bias where the file has one; the oldest checkpoints, converted from TensorFlow, say gamma and beta.</summary>
    public NormDescription Norm(string name, int? size = null)
    {
        bool old = weights.Find(name + ".weight") is null && weights.Find(name + ".gamma") is not null;
        string bias = name + (old ? ".beta" : ".bias");
        return new NormDescription(
            NormKind,
            new Weight(name + (old ? ".gamma" : ".weight"), size ?? Sizes.Hidden),
            weights.Find(bias) is null ? null : new Weight(bias, size ?? Sizes.Hidden),
            NormEpsilon);
    }

    /// <summary>A linear layer with a bias where the file has one.</summary>
    public LinearDescription Linear(string name, int inputs, int outputs) =>
        LinearDescription.Named(name, inputs, outputs, bias: weights.Find(name + ".bias") is not null);

    /// <summary>Attention with the named projections.</summary>
    public AttentionDescription Attention(string query, string key, string value, string output) => Attention(
        Linear(query, Sizes.Hidden, Sizes.Heads * Sizes.HeadSize),
        Linear(key, Sizes.Hidden, Sizes.Heads * Sizes.HeadSize),
        Linear(value, Sizes.Hidden, Sizes.Heads * Sizes.HeadSize),
        output);

    /// <summary>Attention whose queries, keys and values are the thirds of one projection, rotated by the network's first table.</summary>
    public AttentionDescription FusedAttention(string name, string output)
    {
        LinearDescription all = Linear(name, Sizes.Hidden, 3 * Sizes.Heads * Sizes.HeadSize);
        return Attention(all.Outputs(1, 3, 0, 1), all.Outputs(1, 3, 1, 1), all.Outputs(1, 3, 2, 1), output) with { Rope = 0 };
    }

    public MlpDescription Mlp(string up, string down) => new()
    {
        Activation = Activation,
        Up = Linear(up, Sizes.Hidden, Sizes.Intermediate),
        Down = Linear(down, Sizes.Intermediate, Sizes.Hidden),
    };

    /// <summary>A gated MLP whose gate and up projections are the halves of one; the gate is the half of that number.</summary>
    public MlpDescription FusedMlp(string name, string down, int gate)
    {
        LinearDescription both = Linear(name, Sizes.Hidden, 2 * Sizes.Intermediate);
        return new MlpDescription
        {
            Activation = Activation,
            Gate = both.Outputs(1, 2, gate, 1),
            Up = both.Outputs(1, 2, 1 - gate, 1),
            Down = Linear(down, Sizes.Intermediate, Sizes.Hidden),
        };
    }

    /// <summary>A layer with norms after both blocks.</summary>
    public LayerDescription PostNormLayer(MixerDescription mixer, string mixerNorm, MlpDescription mlp, string mlpNorm) => new()
    {
        Residual = ResidualForm.PostNorm,
        Mixer = mixer,
        MixerNorm = Norm(mixerNorm),
        Mlp = mlp,
        MlpNorm = Norm(mlpNorm),
    };

    /// <summary>The network around the layers.</summary>
    public NetworkDescription Network(EmbeddingDescription embedding, Func<int, LayerDescription> layer) => new()
    {
        Kind = NetworkKind.Encoder,
        VocabularySize = Sizes.Vocabulary,
        HiddenSize = Sizes.Hidden,
        MaxPositions = MaxPositions,
        Embedding = embedding,
        Layers = [.. Enumerable.Range(0, Sizes.Layers).Select(layer)],
    };

    /// <summary>A table of vectors of the hidden size, or of another.</summary>
    public Weight Table(string name, int rows, int? width = null) => new(name + ".weight", rows, width ?? Sizes.Hidden);

    private AttentionDescription Attention(LinearDescription query, LinearDescription key, LinearDescription value, string output) => new()
    {
        Heads = Sizes.Heads,
        KeyValueHeads = Sizes.Heads,
        HeadSize = Sizes.HeadSize,
        Scale = 1 / MathF.Sqrt(Sizes.HeadSize),
        Query = query,
        Key = key,
        Value = value,
        Output = Linear(output, Sizes.Heads * Sizes.HeadSize, Sizes.Hidden),
    };
}
