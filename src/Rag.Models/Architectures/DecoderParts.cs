using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>
/// The parts that most decoder families share, under the names that Llama's checkpoints have; a family takes what it has in
/// common and replaces the rest with <c>with</c>.
/// </summary>
internal sealed class DecoderParts(ModelConfiguration config, SafetensorsFolder weights, Sizes sizes)
{
    // Where a configuration does not say, as with families that have no table of positions.
    private const int DefaultPositions = 2048;

    public Sizes Sizes { get; } = sizes;

    // The text part of checkpoints with further parts, by what its names begin with in the older and in the newer form.
    private static readonly string[] TextParts = ["language_model.model.", "model.language_model."];

    /// <summary>Before all names but the head's: "model." or nothing, as exports of the bare network have it, or that of the text part among others.</summary>
    public string Prefix { get; init; } = TextParts.FirstOrDefault(part => weights.Find(part + "embed_tokens.weight") is not null) ?? PrefixOf(weights, "model.", "embed_tokens");

    public NormKind NormKind { get; init; } = NormKind.RootMeanSquare;

    public bool NormBias { get; init; }

    public float NormOffset { get; init; }

    public float NormEpsilon { get; init; } = (float)config.Double("rms_norm_eps", 1e-6);

    /// <summary>The default of tie_word_embeddings.</summary>
    public bool Tied { get; init; }

    public ActivationKind Activation { get; init; } = config.Has("hidden_act") ? Activations.Read(config, "hidden_act", "silu") : ActivationKind.Silu;

    /// <summary>A prefix, or nothing where the named table is there without it.</summary>
    public static string PrefixOf(SafetensorsFolder weights, string prefix, string table) =>
        weights.Find($"{prefix}{table}.weight") is not null || weights.Find($"{table}.weight") is null ? prefix : "";

    /// <summary>Makes sure that a layer is there before many like it are described.</summary>
    public LinearDescription Required(LinearDescription linear) => IsThere(linear.Weight.Name) ? linear : throw new IncompatibleException(
        $"The model folder {weights.FolderPath} lacks the tensor '{linear.Weight.Name}', which config.json asks for with the shape {TensorInfo.DescribeShape(linear.Weight.Shape)}.", weights.FolderPath);

    // Under its name, or under that of its words, as GPTQ and AWQ store it.
    private bool IsThere(string name) => weights.Find(name) is not null || weights.Find(name[..name.LastIndexOf('.')] + ".qweight") is not null;

    public string LayerName(int layer) => $"{Prefix}layers.{layer}.";

    public NormDescription Norm(string name, int? size = null) => new(
        NormKind, new Weight(name + ".weight", size ?? Sizes.Hidden), NormBias ? new Weight(name + ".bias", size ?? Sizes.Hidden) : null, NormEpsilon) { Offset = NormOffset };

    /// <summary>Attention with the projections "q_proj", "k_proj", "v_proj" and "o_proj", rotated by the network's first table.</summary>
    public AttentionDescription Attention(string name, bool bias = false, bool outputBias = false, string output = "o_proj") => AttentionOf(
        LinearDescription.Named(name + "q_proj", Sizes.Hidden, Sizes.Heads * Sizes.HeadSize, bias),
        LinearDescription.Named(name + "k_proj", Sizes.Hidden, Sizes.KeyValueHeads * Sizes.HeadSize, bias),
        LinearDescription.Named(name + "v_proj", Sizes.Hidden, Sizes.KeyValueHeads * Sizes.HeadSize, bias),
        LinearDescription.Named(name + output, Sizes.Heads * Sizes.HeadSize, Sizes.Hidden, outputBias));

    public AttentionDescription AttentionOf(LinearDescription query, LinearDescription key, LinearDescription value, LinearDescription output) => new()
    {
        Heads = Sizes.Heads,
        KeyValueHeads = Sizes.KeyValueHeads,
        HeadSize = Sizes.HeadSize,
        Scale = 1 / MathF.Sqrt(Sizes.HeadSize),
        Rope = 0,
        Query = query,
        Key = key,
        Value = value,
        Output = output,
    };

    /// <summary>A gated MLP with the projections "gate_proj", "up_proj" and "down_proj".</summary>
    public MlpDescription GatedMlp(string name, int? width = null, bool bias = false) => new()
    {
        Activation = Activation,
        Gate = LinearDescription.Named(name + "gate_proj", Sizes.Hidden, width ?? Sizes.Intermediate, bias),
        Up = LinearDescription.Named(name + "up_proj", Sizes.Hidden, width ?? Sizes.Intermediate, bias),
        Down = LinearDescription.Named(name + "down_proj", width ?? Sizes.Intermediate, Sizes.Hidden, bias),
    };

    /// <summary>A gated MLP whose gate and up projections are the halves of "gate_up_proj".</summary>
    public MlpDescription FusedMlp(string name)
    {
        LinearDescription both = LinearDescription.Named(name + "gate_up_proj", Sizes.Hidden, 2 * Sizes.Intermediate, bias: false);
        return new MlpDescription
        {
            Activation = Activation,
            Gate = both.Outputs(1, 2, 0, 1),
            Up = both.Outputs(1, 2, 1, 1),
            Down = LinearDescription.Named(name + "down_proj", Sizes.Intermediate, Sizes.Hidden, bias: false),
        };
    }

    /// <summary>An MLP of two linear layers with biases.</summary>
    public MlpDescription PlainMlp(string up, string down, bool bias = true) => new()
    {
        Activation = Activation,
        Up = LinearDescription.Named(up, Sizes.Hidden, Sizes.Intermediate, bias),
        Down = LinearDescription.Named(down, Sizes.Intermediate, Sizes.Hidden, bias),
    };

    /// <summary>The norm of each head's query or key.</summary>
    public NormDescription HeadNorm(string name) => Norm(name, Sizes.HeadSize);

    /// <summary>A layer with norms before both blocks.</summary>
    public LayerDescription Layer(int layer, MixerDescription mixer, FeedForwardDescription mlp) => new()
    {
        Residual = ResidualForm.PreNorm,
        MixerNorm = Norm(LayerName(layer) + "input_layernorm"),
        Mixer = mixer,
        MlpNorm = Norm(LayerName(layer) + "post_attention_layernorm"),
        Mlp = mlp,
    };

    /// <summary>The network around the layers.</summary>
    public NetworkDescription Network(Func<int, LayerDescription> layer, RopeDescription? rope = null, string embedding = "embed_tokens", string finalNorm = "norm", string head = "lm_head")
    {
        Weight tokens = new($"{Prefix}{embedding}.weight", Sizes.Vocabulary, Sizes.Hidden);
        int positions = config.OptionalCount("max_position_embeddings") ?? config.Count("n_positions", DefaultPositions);
        return new NetworkDescription
        {
            Kind = NetworkKind.Decoder,
            VocabularySize = Sizes.Vocabulary,
            HiddenSize = Sizes.Hidden,
            MaxPositions = rope?.Stretch is DynamicRopeStretch stretch ? Math.Max(stretch.MostPositions, positions) : positions,
            Embedding = new EmbeddingDescription { Tokens = tokens },
            Layers = [.. Enumerable.Range(0, Sizes.Layers).Select(layer)],
            Ropes = rope is null ? [] : [rope],
            FinalNorm = Norm(Prefix + finalNorm),
            Head = config.Boolean("tie_word_embeddings", absent: Tied)
                ? new LinearDescription(tokens, null)
                : Head(head),
        };
    }

    private LinearDescription Head(string name)
    {
        string head = weights.Find($"language_model.{name}.weight") is null ? name : "language_model." + name;
        return LinearDescription.Named(head, Sizes.Hidden, Sizes.Vocabulary, bias: weights.Find(head + ".bias") is not null);
    }

    /// <summary>The rotary settings of the whole model.</summary>
    public RopeDescription Rotary(double theta = 10000, double partial = 1, bool interleaved = false) =>
        Rope.Describe(RopeConfiguration.Read(config, theta, partial), Sizes.HeadSize, config.Path, interleaved);
}
