using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>gpt-oss: a sink for each head, windows on every other layer, experts with biases and clipped gates (transformers modeling_gpt_oss.py).</summary>
internal sealed class GptOssArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["gpt_oss"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config, headSize: 64)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        int?[] windows = LayerWindows.Read(config, parts.Sizes.Layers, absent: 128, i => i % 2 == 0);
        bool bias = config.Boolean("attention_bias", absent: true);
        AttentionDescription Attention(string name) => parts.Attention(name, bias, bias) with { Sinks = new Weight(name + "sinks", parts.Sizes.Heads) };
        return parts.Network(
            i => parts.Layer(i, Attention(parts.LayerName(i) + "self_attn.") with { Window = windows[i] }, Experts(config, weights, parts, parts.LayerName(i) + "mlp.")),
            parts.Rotary(150000));
    }

    // Stored [experts, in, out], with gates in the even columns of "gate_up_proj" and their other halves in the odd ones.
    private static MoeDescription Experts(ModelConfiguration config, SafetensorsFolder weights, DecoderParts parts, string name)
    {
        (int hidden, int width) = (parts.Sizes.Hidden, parts.Sizes.Intermediate);
        int experts = ExpertParts.Count(config, "num_local_experts", "num_experts");
        RouterDescription router = ExpertParts.Router(config, parts, name + "router", experts, normalized: true, bias: true);
        float slope = (float)config.Double("swiglu_alpha", 1.702);
        float limit = (float)config.Double("swiglu_limit", 7);
        if (ExpertParts.AreStacked(weights, name + "experts."))
        {
            return ExpertParts.Stacked(parts, router, name + "experts.", experts, width, bias: true) with { Slope = slope, UpOffset = 1, Limit = limit };
        }

        LinearDescription input = new(
            new Weight(name + "experts.gate_up_proj", experts, hidden, 2 * width) { Transposed = true }, new Weight(name + "experts.gate_up_proj_bias", experts, 2 * width));
        return new MoeDescription
        {
            Router = router,
            Experts = experts,
            Width = width,
            Gate = [input.Outputs(experts * width, 2, 0, 1)],
            Up = [input.Outputs(experts * width, 2, 1, 1)],
            Down = [new LinearDescription(new Weight(name + "experts.down_proj", experts, width, hidden) { Transposed = true }, new Weight(name + "experts.down_proj_bias", experts, hidden))],
            Slope = slope,
            UpOffset = 1,
            Limit = limit,
        };
    }
}
