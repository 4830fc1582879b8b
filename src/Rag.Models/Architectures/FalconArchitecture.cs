using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Falcon 7B, 40B, 180B and RW: fused projections in three layouts, rotary positions or ALiBi (transformers modeling_falcon.py).</summary>
internal sealed class FalconArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["falcon"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        Sizes sizes = Sizes.Read(config, widening: 4);
        bool grouped = config.Boolean("new_decoder_architecture", absent: false);
        bool single = !grouped && config.Boolean("multi_query", absent: true);
        DecoderParts parts = new(config, weights, sizes with { KeyValueHeads = grouped ? config.Count("num_kv_heads", sizes.Heads) : single ? 1 : sizes.Heads })
        {
            Prefix = DecoderParts.PrefixOf(weights, "transformer.", "word_embeddings"),
            NormKind = NormKind.Layer,
            NormBias = true,
            NormEpsilon = (float)config.Double("layer_norm_epsilon", 1e-5),
            Activation = Activations.Read(config, "activation", "gelu"),
            Tied = true,
        };
        AlibiDescription? alibi = config.Boolean("alibi", absent: false)
            ? new AlibiDescription(AlibiDescription.SlopesFor(sizes.Heads), 1 / MathF.Sqrt(sizes.HeadSize), RoundsToBFloat16: true)
            : null;
        return parts.Network(i => Layer(parts, config, $"{parts.Prefix}h.{i}.", alibi), alibi is null ? parts.Rotary() : null, "word_embeddings", "ln_f");
    }

    private static LayerDescription Layer(DecoderParts parts, ModelConfiguration config, string name, AlibiDescription? alibi)
    {
        bool bias = config.Boolean("bias", absent: false);
        bool grouped = config.Boolean("new_decoder_architecture", absent: false);
        bool parallel = grouped || config.Boolean("parallel_attn", absent: true);
        bool twoNorms = grouped && config.Count("num_ln_in_parallel_attn", 2) == 2;
        return new LayerDescription
        {
            Residual = parallel ? ResidualForm.Parallel : ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + (twoNorms ? "ln_attn" : "input_layernorm")),
            Mixer = Attention(parts, name + "self_attention.", bias) with { Alibi = alibi, Rope = alibi is null ? 0 : null },
            MlpNorm = twoNorms ? parts.Norm(name + "ln_mlp") : parallel ? null : parts.Norm(name + "post_attention_layernorm"),
            Mlp = parts.PlainMlp(name + "mlp.dense_h_to_4h", name + "mlp.dense_4h_to_h", bias),
        };
    }

    // Each group holds the queries of one key head, then the key, then the value. One group is the layout of a single key
    // head, and one head to a group that of as many key heads as there are queries.
    private static AttentionDescription Attention(DecoderParts parts, string name, bool bias)
    {
        (int groups, int queries, int hidden) = (parts.Sizes.KeyValueHeads, parts.Sizes.Heads / parts.Sizes.KeyValueHeads, parts.Sizes.Hidden);
        LinearDescription all = LinearDescription.Named(name + "query_key_value", hidden, groups * (queries + 2) * parts.Sizes.HeadSize, bias);
        return parts.AttentionOf(
            all.Outputs(groups, queries + 2, 0, queries),
            all.Outputs(groups, queries + 2, queries, 1),
            all.Outputs(groups, queries + 2, queries + 1, 1),
            LinearDescription.Named(name + "dense", hidden, hidden, bias));
    }
}
