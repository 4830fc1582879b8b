using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>ERNIE 4.5: Llama with pairs of neighbours rotated (transformers modeling_ernie4_5.py).</summary>
internal sealed class Ernie45Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["ernie4_5"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config, headSize: 128)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5), Tied = true };
        bool bias = config.Boolean("use_bias", absent: false);
        return parts.Network(
            i => parts.Layer(i, parts.Attention(parts.LayerName(i) + "self_attn.", bias, bias), parts.GatedMlp(parts.LayerName(i) + "mlp.", bias: bias)),
            parts.Rotary(500000, interleaved: true));
    }
}
