using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Llama 1 to 3: RMS norms before attention and MLP, rotary positions, grouped queries, SwiGLU (transformers modeling_llama.py).</summary>
internal sealed class LlamaArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["llama"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        Sizes sizes = Sizes.Read(config);
        string prefix = weights.Find("model.embed_tokens.weight") is not null || weights.Find("embed_tokens.weight") is null ? "model." : "";
        Weight embedding = new(prefix + "embed_tokens.weight", sizes.Vocabulary, sizes.Hidden);
        return new NetworkDescription
        {
            Kind = NetworkKind.Decoder,
            VocabularySize = sizes.Vocabulary,
            HiddenSize = sizes.Hidden,
            MaxPositions = config.Count("max_position_embeddings", 2048),
            Embedding = new EmbeddingDescription { Tokens = embedding },
            Layers = [.. Enumerable.Range(0, sizes.Layers).Select(i => Layer(config, sizes, $"{prefix}layers.{i}."))],
            Ropes = [Rope.Describe(RopeConfiguration.Read(config, defaultTheta: 10000), sizes.HeadSize, config.Path)],
            FinalNorm = Norm(config, sizes, prefix + "norm"),
            Head = config.Boolean("tie_word_embeddings", absent: false)
                ? new LinearDescription(embedding, null)
                : LinearDescription.Named("lm_head", sizes.Hidden, sizes.Vocabulary, bias: false),
        };
    }

    private static LayerDescription Layer(ModelConfiguration config, Sizes sizes, string name)
    {
        bool attentionBias = config.Boolean("attention_bias", absent: false);
        bool mlpBias = config.Boolean("mlp_bias", absent: false);
        int queries = sizes.Heads * sizes.HeadSize;
        int keys = sizes.KeyValueHeads * sizes.HeadSize;
        return new LayerDescription
        {
            Residual = ResidualForm.PreNorm,
            AttentionNorm = Norm(config, sizes, name + "input_layernorm"),
            Attention = new AttentionDescription
            {
                Heads = sizes.Heads,
                KeyValueHeads = sizes.KeyValueHeads,
                HeadSize = sizes.HeadSize,
                Scale = 1 / MathF.Sqrt(sizes.HeadSize),
                Rope = 0,
                Query = LinearDescription.Named(name + "self_attn.q_proj", sizes.Hidden, queries, attentionBias),
                Key = LinearDescription.Named(name + "self_attn.k_proj", sizes.Hidden, keys, attentionBias),
                Value = LinearDescription.Named(name + "self_attn.v_proj", sizes.Hidden, keys, attentionBias),
                Output = LinearDescription.Named(name + "self_attn.o_proj", queries, sizes.Hidden, attentionBias),
            },
            MlpNorm = Norm(config, sizes, name + "post_attention_layernorm"),
            Mlp = new MlpDescription
            {
                Activation = Activations.Read(config, "hidden_act", "silu"),
                Gate = LinearDescription.Named(name + "mlp.gate_proj", sizes.Hidden, sizes.Intermediate, mlpBias),
                Up = LinearDescription.Named(name + "mlp.up_proj", sizes.Hidden, sizes.Intermediate, mlpBias),
                Down = LinearDescription.Named(name + "mlp.down_proj", sizes.Intermediate, sizes.Hidden, mlpBias),
            },
        };
    }

    private static NormDescription Norm(ModelConfiguration config, Sizes sizes, string name) =>
        new(NormKind.RootMeanSquare, new Weight(name + ".weight", sizes.Hidden), null, (float)config.Double("rms_norm_eps", 1e-6));
}
