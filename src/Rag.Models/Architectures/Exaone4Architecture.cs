using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>EXAONE 4: norms after both blocks and on each head, windows on most layers and no positions on the others (transformers modeling_exaone4.py).</summary>
internal sealed class Exaone4Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["exaone4"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        int?[] windows = Windows(config, parts.Sizes.Layers);
        bool rotatesAll = config.IsNull("sliding_window");
        LayerDescription Layer(string name, int? window) => new()
        {
            Residual = ResidualForm.PreNorm,
            Mixer = parts.Attention(name + "self_attn.") with
            {
                Window = window,
                Rope = rotatesAll || window is not null ? 0 : null,
                QueryNorm = parts.HeadNorm(name + "self_attn.q_norm"),
                KeyNorm = parts.HeadNorm(name + "self_attn.k_norm"),
            },
            MixerOutputNorm = parts.Norm(name + "post_attention_layernorm"),
            Mlp = parts.GatedMlp(name + "mlp."),
            MlpOutputNorm = parts.Norm(name + "post_feedforward_layernorm"),
        };
        return parts.Network(i => Layer(parts.LayerName(i), windows[i]), parts.Rotary());
    }

    // Checkpoints spell the pattern as a number or as letters such as LLLG; those with letters list the layers' types too.
    private static int?[] Windows(ModelConfiguration config, int layers)
    {
        if (config.IsNull("sliding_window"))
        {
            return new int?[layers];
        }

        int pattern = config.Has("layer_types") ? 1 : config.Count("sliding_window_pattern", 4);
        return LayerWindows.Read(config, layers, absent: 4096, i => (i + 1) % pattern != 0);
    }
}
