using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Networks.Heads;

namespace Rag.Models.Architectures.Heads;

/// <summary>
/// CLIP's two towers, each with the projection into the space that they share (Radford et al., arXiv 2103.00020; transformers
/// modeling_clip.py). Defaults are those of configuration_clip.py.
/// </summary>
internal static class ClipTowers
{
    private const int ProjectionSize = 512;

    // What files from before the tokenizer's real id was written say; the reference takes the largest id then.
    private const int OldEnd = 2;

    /// <summary>The tower for texts.</summary>
    public static NetworkDescription Text(ModelConfiguration model, SafetensorsFolder weights)
    {
        ModelConfiguration config = Section(model, "text_config");
        EncoderParts parts = Parts(config, weights, ReadSizes(config, hidden: 512, heads: 8), config.Count("max_position_embeddings", 77));
        int end = config.TokenIds("eos_token_id") is [var id, ..] ? id : 49407;
        EmbeddingDescription embedding = new()
        {
            Tokens = parts.Table("text_model.embeddings.token_embedding", parts.Sizes.Vocabulary),
            Positions = parts.Table("text_model.embeddings.position_embedding", parts.MaxPositions),
        };
        return parts.Network(embedding, i => Layer(parts, $"text_model.encoder.layers.{i}.")) with
        {
            Causal = true,
            FinalNorm = parts.Norm("text_model.final_layer_norm"),
            EncoderHead = new HeadDescription
            {
                Tokens = HeadTokens.End,
                EndToken = end == OldEnd ? null : end,
                Layers = [new HeadLayer(Projection(model, "text_projection", parts.Sizes.Hidden))],
                Finish = HeadFinish.UnitLength,
                Width = model.Count("projection_dim", ProjectionSize),
            },
        };
    }

    /// <summary>The tower for images.</summary>
    public static NetworkDescription Image(ModelConfiguration model, SafetensorsFolder weights)
    {
        ModelConfiguration config = Section(model, "vision_config");
        int patch = config.Count("patch_size", 32, most: 1024);
        int image = config.Count("image_size", 224, most: 1 << 14);
        if (image % patch != 0)
        {
            throw config.Wrong("image_size", $"a multiple of patch_size, {patch}");
        }

        int tokens = 1 + (image / patch * (image / patch));
        EncoderParts parts = Parts(config, weights, ReadSizes(config, hidden: 768, heads: 12), tokens);
        EmbeddingDescription embedding = new()
        {
            Tokens = new Weight("vision_model.embeddings.class_embedding", parts.Sizes.Hidden),
            Positions = parts.Table("vision_model.embeddings.position_embedding", tokens),
            Norm = parts.Norm("vision_model.pre_layrnorm"),
            Patches = new PatchDescription
            {
                Kernel = new Weight("vision_model.embeddings.patch_embedding.weight", parts.Sizes.Hidden, config.Count("num_channels", 3, most: 4), patch, patch),
                ImageSize = image,
            },
        };
        return parts.Network(embedding, i => Layer(parts, $"vision_model.encoder.layers.{i}.")) with
        {
            EncoderHead = new HeadDescription
            {
                Tokens = HeadTokens.First,
                Layers = [new HeadLayer(null, Norm: parts.Norm("vision_model.post_layernorm")), new HeadLayer(Projection(model, "visual_projection", parts.Sizes.Hidden))],
                Finish = HeadFinish.UnitLength,
                Width = model.Count("projection_dim", ProjectionSize),
            },
        };
    }

    private static ModelConfiguration Section(ModelConfiguration model, string key) => model.ModelType == "clip" && model.Section(key) is { } section
        ? section
        : throw new UnsupportedException($"{model.Path}: the model_type '{model.ModelType}' is not supported for texts and images; 'clip', with text_config and vision_config, is.", model.Path);

    private static EncoderParts Parts(ModelConfiguration config, SafetensorsFolder weights, Sizes sizes, int positions) => new(config, weights, sizes)
    {
        NormEpsilon = (float)config.Double("layer_norm_eps", 1e-5),
        Activation = Activations.Read(config, "hidden_act", "quick_gelu"),
        MaxPositions = positions,
    };

    private static Sizes ReadSizes(ModelConfiguration config, int hidden, int heads)
    {
        hidden = config.Count("hidden_size", hidden);
        heads = config.Count("num_attention_heads", heads, most: 1 << 14);
        return hidden % heads == 0
            ? new Sizes
            {
                Vocabulary = config.Count("vocab_size", 49408),
                Hidden = hidden,
                Intermediate = config.Count("intermediate_size", 4 * hidden),
                Layers = config.Count("num_hidden_layers", 12, most: 1024),
                Heads = heads,
                KeyValueHeads = heads,
                HeadSize = hidden / heads,
            }
            : throw config.Wrong("num_attention_heads", $"a divisor of hidden_size, {hidden}");
    }

    private static LinearDescription Projection(ModelConfiguration model, string name, int hidden) =>
        LinearDescription.Named(name, hidden, model.Count("projection_dim", ProjectionSize), bias: false);

    private static LayerDescription Layer(EncoderParts parts, string name) => new()
    {
        Residual = ResidualForm.PreNorm,
        MixerNorm = parts.Norm(name + "layer_norm1"),
        Mixer = parts.Attention(name + "self_attn.q_proj", name + "self_attn.k_proj", name + "self_attn.v_proj", name + "self_attn.out_proj"),
        MlpNorm = parts.Norm(name + "layer_norm2"),
        Mlp = parts.Mlp(name + "mlp.fc1", name + "mlp.fc2"),
    };
}
