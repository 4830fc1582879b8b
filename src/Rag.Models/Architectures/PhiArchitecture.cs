using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Phi 1, 1.5 and 2: one norm feeds both blocks, biases everywhere, a partial rotation (transformers modeling_phi.py).</summary>
internal sealed class PhiArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["phi"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config))
        {
            NormKind = NormKind.Layer,
            NormBias = true,
            NormEpsilon = (float)config.Double("layer_norm_eps", 1e-5),
            Activation = Activations.Read(config, "hidden_act", "gelu_new"),
        };
        bool normalized = config.Boolean("qk_layernorm", absent: false);
        LayerDescription Layer(string name) => new()
        {
            Residual = ResidualForm.Parallel,
            MixerNorm = parts.Norm(name + "input_layernorm"),
            Mixer = parts.Attention(name + "self_attn.", bias: true, outputBias: true, "dense") with
            {
                QueryNorm = normalized ? parts.HeadNorm(name + "self_attn.q_layernorm") : null,
                KeyNorm = normalized ? parts.HeadNorm(name + "self_attn.k_layernorm") : null,
            },
            Mlp = parts.PlainMlp(name + "mlp.fc1", name + "mlp.fc2"),
        };
        return parts.Network(i => Layer(parts.LayerName(i)), parts.Rotary(partial: 0.5), finalNorm: "final_layernorm");
    }
}
