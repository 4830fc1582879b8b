using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>BLOOM: ALiBi, a norm after the embeddings, fused projections head by head (transformers modeling_bloom.py).</summary>
internal sealed class BloomArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["bloom"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config, widening: 4))
        {
            Prefix = DecoderParts.PrefixOf(weights, "transformer.", "word_embeddings"),
            NormKind = NormKind.Layer,
            NormBias = true,
            NormEpsilon = (float)config.Double("layer_norm_epsilon", 1e-5),
            Activation = ActivationKind.GeluTanh,
            Tied = true,
        };
        if (config.Boolean("apply_residual_connection_post_layernorm", absent: false))
        {
            throw new UnsupportedException($"{config.Path}: the model_type 'bloom' with apply_residual_connection_post_layernorm is not supported.", config.Path);
        }

        AlibiDescription alibi = new(AlibiDescription.SlopesFor(parts.Sizes.Heads));
        NetworkDescription network = parts.Network(i => Layer(parts, $"{parts.Prefix}h.{i}.", alibi), embedding: "word_embeddings", finalNorm: "ln_f");
        return network with { Embedding = network.Embedding with { Norm = parts.Norm(parts.Prefix + "word_embeddings_layernorm") } };
    }

    private static LayerDescription Layer(DecoderParts parts, string name, AlibiDescription alibi)
    {
        (int heads, int hidden) = (parts.Sizes.Heads, parts.Sizes.Hidden);
        LinearDescription all = LinearDescription.Named(name + "self_attention.query_key_value", hidden, 3 * hidden, bias: true);
        return new LayerDescription
        {
            Residual = ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + "input_layernorm"),
            Mixer = parts.AttentionOf(
                all.Outputs(heads, 3, 0, 1), all.Outputs(heads, 3, 1, 1), all.Outputs(heads, 3, 2, 1), LinearDescription.Named(name + "self_attention.dense", hidden, hidden, bias: true)) with
            {
                Rope = null,
                Alibi = alibi,
            },
            MlpNorm = parts.Norm(name + "post_attention_layernorm"),
            Mlp = parts.PlainMlp(name + "mlp.dense_h_to_4h", name + "mlp.dense_4h_to_h"),
        };
    }
}
