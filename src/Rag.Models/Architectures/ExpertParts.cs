using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>The parts that most mixtures of experts share.</summary>
internal static class ExpertParts
{
    private const int MaxExperts = 4096;

    /// <summary>The number of experts, under the first key that is there.</summary>
    public static int Count(ModelConfiguration config, params IReadOnlyList<string> keys) => config.RequireCount(keys, MaxExperts);

    /// <summary>A router without groups.</summary>
    public static RouterDescription Router(ModelConfiguration config, DecoderParts parts, string name, int experts, bool normalized, bool bias = false) => new()
    {
        Logits = LinearDescription.Named(name, parts.Sizes.Hidden, experts, bias),
        Score = RouterScore.Softmax,
        Chosen = config.Count("num_experts_per_tok", 2, most: experts),
        Normalized = normalized,
    };

    /// <summary>Whether experts are one tensor each for gates, their other halves, and what follows, as GGUF has them.</summary>
    public static bool AreStacked(SafetensorsFolder weights, string name) => weights.Find(name + "gate_proj.weight") is not null;

    /// <summary>The projections "gate_proj", "up_proj" and "down_proj" of all experts, [experts, outputs, inputs] each.</summary>
    public static MoeDescription Stacked(DecoderParts parts, RouterDescription router, string name, int experts, int width, bool bias)
    {
        IReadOnlyList<LinearDescription> All(string projection, int inputs, int outputs) =>
            [new LinearDescription(new Weight($"{name}{projection}.weight", experts, outputs, inputs), bias ? new Weight($"{name}{projection}.bias", experts, outputs) : null)];
        return new MoeDescription
        {
            Router = router,
            Experts = experts,
            Width = width,
            Gate = All("gate_proj", parts.Sizes.Hidden, width),
            Up = All("up_proj", parts.Sizes.Hidden, width),
            Down = All("down_proj", width, parts.Sizes.Hidden),
        };
    }

    /// <summary>Experts that are stored one by one.</summary>
    public static MoeDescription Separate(
        DecoderParts parts, RouterDescription router, string name, int experts, int width, string gate = "gate_proj", string up = "up_proj", string down = "down_proj")
    {
        CheckActivation(parts);
        LinearDescription[] All(string projection, int inputs, int outputs) =>
            [.. Enumerable.Range(0, experts).Select(i => parts.Required(LinearDescription.Named($"{name}{i}.{projection}", inputs, outputs, bias: false)))];
        return new MoeDescription
        {
            Router = router,
            Experts = experts,
            Width = width,
            Gate = All(gate, parts.Sizes.Hidden, width),
            Up = All(up, parts.Sizes.Hidden, width),
            Down = All(down, width, parts.Sizes.Hidden),
        };
    }

    /// <summary>
    /// A router with the sigmoid scores and the correction of DeepSeek V3, a shared expert, and plain MLPs in the first layers
    /// (transformers modeling_deepseek_v3.py).
    /// </summary>
    public static FeedForwardDescription Corrected(ModelConfiguration config, DecoderParts parts, int layer)
    {
        string name = parts.LayerName(layer) + "mlp.";
        if (layer < FirstLayer(config))
        {
            return parts.GatedMlp(name);
        }

        int experts = Count(config, "n_routed_experts");
        int width = config.RequireCount("moe_intermediate_size");
        RouterDescription router = Grouped(config, Router(config, parts, name + "gate", experts, config.Boolean("norm_topk_prob", absent: true)), experts) with
        {
            Score = RouterScore.Sigmoid,
            Correction = new Weight(name + "gate.e_score_correction_bias", experts),
            GroupRankedBy = 2,
        };
        return Separate(parts, router, name + "experts.", experts, width) with { Shared = Shared(config, parts, name, width) };
    }

    /// <summary>The router with the groups and the factor that DeepSeek's configurations state.</summary>
    public static RouterDescription Grouped(ModelConfiguration config, RouterDescription router, int experts)
    {
        int groups = config.Count("n_group", 1, most: experts);
        return experts % groups == 0
            ? router with { Groups = groups, ChosenGroups = config.Count("topk_group", 1, most: groups), Scale = (float)config.Double("routed_scaling_factor", 1) }
            : throw config.Wrong("n_group", $"a divisor of the number of experts, {experts}");
    }

    public static MlpDescription? Shared(ModelConfiguration config, DecoderParts parts, string name, int width) =>
        config.OptionalCount("n_shared_experts", most: 64) is { } shared ? parts.GatedMlp(name + "shared_experts.", shared * width) : null;

    /// <summary>The first layer with experts.</summary>
    public static int FirstLayer(ModelConfiguration config) => (int)config.Double("first_k_dense_replace", 0);

    public static void CheckActivation(DecoderParts parts)
    {
        if (parts.Activation != ActivationKind.Silu)
        {
            throw new UnsupportedException($"Experts with the activation {parts.Activation} are not supported; with silu they are.");
        }
    }
}
