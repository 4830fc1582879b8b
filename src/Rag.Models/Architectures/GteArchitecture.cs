using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>GTE: BERT with rotary positions and GeGLU (transformers modeling_gte.py; the repositories of Alibaba-NLP call it "new").</summary>
internal sealed class GteArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gte", "new"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        Refuse(config, (config.String("position_embedding_type") ?? "rope") != "rope", "another position_embedding_type than rope");
        Refuse(config, (config.String("layer_norm_type") ?? "layer_norm") != "layer_norm", "another layer_norm_type than layer_norm");
        Refuse(config, config.Boolean("logn_attention_scale", absent: false), "logn_attention_scale");
        Refuse(config, !config.Boolean("pack_qkv", absent: true), "pack_qkv off");

        EncoderParts parts = new(config, weights, Sizes.Read(config));
        string prefix = weights.Find("embeddings.word_embeddings.weight") is not null ? "" : weights.Find("gte.embeddings.word_embeddings.weight") is not null ? "gte." : "new.";
        string types = prefix + "embeddings.token_type_embeddings";
        EmbeddingDescription embedding = new()
        {
            Tokens = parts.Table(prefix + "embeddings.word_embeddings", parts.Sizes.Vocabulary),
            TokenTypes = weights.Find(types + ".weight") is null ? null : parts.Table(types, config.Count("type_vocab_size", 1)),
            Norm = parts.Norm(prefix + "embeddings.LayerNorm"),
        };
        return parts.Network(embedding, i => Layer(parts, $"{prefix}encoder.layer.{i}.")) with
        {
            Ropes = [Rotary(config, parts.Sizes.HeadSize)],
        };
    }

    private static LayerDescription Layer(EncoderParts parts, string name) => parts.PostNormLayer(
        parts.FusedAttention(name + "attention.qkv_proj", name + "attention.o_proj"),
        name + "attn_ln",
        parts.FusedMlp(name + "mlp.up_gate_proj", name + "mlp.down_proj", gate: 1),
        name + "mlp_ln");

    // The repositories stretch all frequencies once, for every length ("ntk", kexue.fm/archives/9706 as vllm's ntk_scaling_rope.py has it).
    private static RopeDescription Rotary(ModelConfiguration config, int headSize)
    {
        RopeConfiguration rope = RopeConfiguration.Read(config, 10000);
        if (rope.Type != "ntk")
        {
            return Rope.Describe(rope, headSize, config.Path);
        }

        Refuse(config, rope.Settings!.Has("mixed_b"), "rope_scaling with mixed_b");
        double factor = new RopeScaling(rope, config.Path).Setting("factor");
        RopeDescription stretched = Rope.Describe(rope with { Type = "default", Theta = rope.Theta * factor }, headSize, config.Path);
        double divisor = Math.Pow(factor, 1.0 / stretched.InverseFrequencies.Length);
        return stretched with { InverseFrequencies = Array.ConvertAll(stretched.InverseFrequencies, value => (float)(value / divisor)) };
    }

    private static void Refuse(ModelConfiguration config, bool stated, string what)
    {
        if (stated)
        {
            throw new UnsupportedException($"{config.Path}: a model of the type '{config.ModelType}' with {what} is not supported.", config.Path);
        }
    }
}
