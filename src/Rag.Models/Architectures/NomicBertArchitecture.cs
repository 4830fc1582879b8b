using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>
/// nomic-BERT: BERT with rotary positions and SwiGLU, under the names of its repository (modeling_hf_nomic_bert.py of nomic-ai) with
/// that repository's configuration or transformers' (modeling_nomic_bert.py).
/// </summary>
internal sealed class NomicBertArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["nomic_bert"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        Refuse(config, config.Boolean("prenorm", absent: false), "prenorm");
        Refuse(config, config.Boolean("use_rms_norm", absent: false), "use_rms_norm");
        Refuse(config, config.Double("num_experts", 0) > 0, "num_experts");

        EncoderParts parts = new(config, weights, Sizes.Read(config))
        {
            NormEpsilon = (float)config.Double("layer_norm_eps", config.Double("layer_norm_epsilon", 1e-12)),
            Activation = ReadActivation(config),
        };
        string prefix = DecoderParts.PrefixOf(weights, "nomic_bert.", "embeddings.word_embeddings") is var own && weights.Find(own + "emb_ln.weight") is null ? "bert." : own;
        string types = prefix + "embeddings.token_type_embeddings";
        EmbeddingDescription embedding = new()
        {
            Tokens = parts.Table(prefix + "embeddings.word_embeddings", parts.Sizes.Vocabulary),
            TokenTypes = weights.Find(types + ".weight") is null ? null : parts.Table(types, config.Count("type_vocab_size", 2)),
            Norm = parts.Norm(prefix + "emb_ln"),
        };
        RopeDescription rope = Rope.Describe(
            RopeConfiguration.Read(config, 1000, config.Double("rotary_emb_fraction", 1)), parts.Sizes.HeadSize, config.Path, config.Boolean("rotary_emb_interleaved", absent: false));
        return parts.Network(embedding, i => Layer(parts, $"{prefix}encoder.layers.{i}.")) with
        {
            Ropes = [rope],

            // Past it the repository's code rescales with the length.
            MaxPositions = config.Has("rotary_scaling_factor") ? Math.Min(parts.MaxPositions, config.Count("max_trained_positions", 2048)) : parts.MaxPositions,
        };
    }

    private static LayerDescription Layer(EncoderParts parts, string name) => parts.PostNormLayer(
        parts.FusedAttention(name + "attn.Wqkv", name + "attn.out_proj"),
        name + "norm1",
        parts.Mlp(name + "mlp.fc11", name + "mlp.fc2") with { Gate = parts.Linear(name + "mlp.fc12", parts.Sizes.Hidden, parts.Sizes.Intermediate) },
        name + "norm2");

    private static ActivationKind ReadActivation(ModelConfiguration config) => config.String("activation_function") switch
    {
        null => Activations.Read(config, "hidden_act", "silu"),
        "swiglu" => ActivationKind.Silu,
        "geglu" => ActivationKind.Gelu,
        var other => throw new UnsupportedException($"{config.Path}: the activation_function '{other}' of a nomic_bert is not supported; swiglu and geglu are.", config.Path),
    };

    private static void Refuse(ModelConfiguration config, bool stated, string key)
    {
        if (stated)
        {
            throw new UnsupportedException($"{config.Path}: a nomic_bert with {key} is not supported.", config.Path);
        }
    }
}
