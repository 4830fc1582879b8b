using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Falcon H1: attention and a state-space block beside each other in every layer, with a factor on nearly everything (transformers modeling_falcon_h1.py).</summary>
internal sealed class FalconH1Architecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["falcon_h1"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config)) { NormEpsilon = (float)config.Double("rms_norm_eps", 1e-5) };
        NetworkDescription network = parts.Network(i => Layer(config, parts, parts.LayerName(i)), parts.Rotary(100000), finalNorm: "final_layernorm");
        return network with
        {
            Embedding = network.Embedding with { Multiplier = Factor(config, "embedding_multiplier") },
            LogitMultiplier = Factor(config, "lm_head_multiplier"),
        };
    }

    private static LayerDescription Layer(ModelConfiguration config, DecoderParts parts, string name)
    {
        float[] mlp = Factors(config, "mlp_multipliers", 2);
        return new LayerDescription
        {
            Residual = ResidualForm.PreNorm,
            MixerNorm = parts.Norm(name + "input_layernorm"),
            Mixer = Mamba(config, parts, name + "mamba."),
            SecondMixer = Attention(config, parts, name + "self_attn."),
            MlpNorm = parts.Norm(name + "pre_ff_layernorm"),
            Mlp = parts.GatedMlp(name + "feed_forward.", bias: config.Boolean("mlp_bias", absent: false)) with { GateMultiplier = mlp[0], OutputMultiplier = mlp[1] },
        };
    }

    // A factor on keys is one on scores.
    private static AttentionDescription Attention(ModelConfiguration config, DecoderParts parts, string name)
    {
        bool bias = config.Boolean("attention_bias", absent: false);
        AttentionDescription attention = parts.Attention(name, bias, bias);
        return attention with
        {
            InputMultiplier = Factor(config, "attention_in_multiplier"),
            OutputMultiplier = Factor(config, "attention_out_multiplier"),
            Scale = attention.Scale * Factor(config, "key_multiplier"),
        };
    }

    private static MambaDescription Mamba(ModelConfiguration config, DecoderParts parts, string name)
    {
        int heads = config.RequireCount("mamba_n_heads", most: 1 << 14);
        int inner = config.OptionalCount("mamba_d_ssm") ?? (config.Count("mamba_expand", 2, most: 16) * parts.Sizes.Hidden);
        int groups = config.Count("mamba_n_groups", 1);
        bool normalized = config.Boolean("mamba_rms_norm", absent: false);
        MambaDescription mamba = MambaParts.Mixer(
            parts, name, heads, Math.Max(inner / heads, 1), groups, config.Count("mamba_d_state", 256, most: 1 << 12), config.Count("mamba_d_conv", 4, most: 64),
            config.Boolean("mamba_proj_bias", absent: false), config.Boolean("mamba_conv_bias", absent: true), config);
        return mamba with
        {
            InputMultiplier = Factor(config, "ssm_in_multiplier"),
            OutputMultiplier = Factor(config, "ssm_out_multiplier"),
            InputParts = Factors(config, "ssm_multipliers", 5),
            TimeLimits = TimeLimits.Read(config),
            Norm = normalized ? parts.Norm(name + "norm", mamba.Inner) : null,
            NormGroups = groups,
            NormBeforeGate = config.Boolean("mamba_norm_before_gate", absent: true),
        };
    }

    private static float Factor(ModelConfiguration config, string key) => (float)config.Double(key, 1);

    private static float[] Factors(ModelConfiguration config, string key, int count)
    {
        IReadOnlyList<double> factors = config.Doubles(key) ?? [.. Enumerable.Repeat(1.0, count)];
        return factors.Count == count ? [.. factors.Select(factor => (float)factor)] : throw config.Wrong(key, $"a list of {count} numbers");
    }
}
