using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>GPT-NeoX and Pythia: both blocks read the same hidden state, fused projections head by head, a partial rotation (transformers modeling_gpt_neox.py).</summary>
internal sealed class GptNeoXArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gpt_neox"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config))
        {
            Prefix = "gpt_neox.",
            NormKind = NormKind.Layer,
            NormBias = true,
            NormEpsilon = (float)config.Double("layer_norm_eps", 1e-5),
            Activation = Activations.Read(config, "hidden_act", "gelu"),
        };
        return parts.Network(i => Layer(parts, config, i), parts.Rotary(partial: 0.25), "embed_in", "final_layer_norm", "embed_out");
    }

    private static LayerDescription Layer(DecoderParts parts, ModelConfiguration config, int layer)
    {
        string name = parts.LayerName(layer);
        (int heads, int hidden) = (parts.Sizes.Heads, parts.Sizes.Hidden);
        bool bias = config.Boolean("attention_bias", absent: true);
        LinearDescription all = LinearDescription.Named(name + "attention.query_key_value", hidden, 3 * hidden, bias);
        return parts.Layer(
            layer,
            parts.AttentionOf(
                all.Outputs(heads, 3, 0, 1), all.Outputs(heads, 3, 1, 1), all.Outputs(heads, 3, 2, 1), LinearDescription.Named(name + "attention.dense", hidden, hidden, bias)),
            parts.PlainMlp(name + "mlp.dense_h_to_4h", name + "mlp.dense_4h_to_h")) with
        {
            Residual = config.Boolean("use_parallel_residual", absent: true) ? ResidualForm.Parallel : ResidualForm.PreNorm,
        };
    }
}
