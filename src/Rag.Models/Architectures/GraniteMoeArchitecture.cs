using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>Granite 3 with experts, which are stored in one tensor (transformers modeling_granitemoe.py).</summary>
internal sealed class GraniteMoeArchitecture : IArchitecture
{
    public IReadOnlyList<string> ModelTypes { get; } = ["granitemoe"];

    public NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights)
    {
        DecoderParts parts = new(config, weights, Sizes.Read(config));
        return GraniteArchitecture.Network(parts, config, i => Experts(config, weights, parts, parts.LayerName(i) + "block_sparse_moe."));
    }

    // The softmax over the chosen logits is one over all of them, normalised over the chosen.
    private static MoeDescription Experts(ModelConfiguration config, SafetensorsFolder weights, DecoderParts parts, string name)
    {
        ExpertParts.CheckActivation(parts);
        (int hidden, int width) = (parts.Sizes.Hidden, parts.Sizes.Intermediate);
        int experts = ExpertParts.Count(config, "num_local_experts", "num_experts");
        RouterDescription router = ExpertParts.Router(config, parts, name + "router.layer", experts, normalized: true);
        if (ExpertParts.AreStacked(weights, name + "experts."))
        {
            return ExpertParts.Stacked(parts, router, name + "experts.", experts, width, bias: false);
        }

        LinearDescription input = new(new Weight(name + "input_linear.weight", experts, 2 * width, hidden), null);
        return new MoeDescription
        {
            Router = router,
            Experts = experts,
            Width = width,
            Gate = [input.Outputs(experts, 2, 0, 1)],
            Up = [input.Outputs(experts, 2, 1, 1)],
            Down = [new LinearDescription(new Weight(name + "output_linear.weight", experts, hidden, width), null)],
        };
    }
}
