using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes how tokens choose their experts.</summary>
internal sealed class RouterWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    // Far below any score: never among the best.
    private const float Excluded = -1e30f;

    /// <param name="router">What to write.</param>
    /// <param name="experts">How many there are.</param>
    /// <param name="x">[tokens, hidden].</param>
    /// <returns>The weights of the chosen experts, in single precision, and their numbers, both [tokens, chosen].</returns>
    public (string Weights, string Experts) Write(RouterDescription router, int experts, string x)
    {
        x = graph.Widened(x);
        using FloatScope exact = graph.InSingle();
        string logits = weights.ExactLinear(x, router.Logits);
        string scores = router.Score == RouterScore.Softmax
            ? graph.Node("Softmax", [logits], new OnnxAttribute("axis", -1))
            : graph.Node("Sigmoid", [logits]);
        string choice = router.Correction is null ? scores : graph.Node("Add", [scores, weights.Single(router.Correction)]);
        if (router.ChosenGroups < router.Groups)
        {
            choice = InBestGroups(router, experts, choice);
        }

        string[] best = Best(choice, router.Chosen);
        string chosen = graph.Node("GatherElements", [scores, best[1]], new OnnxAttribute("axis", -1));
        if (router.Normalized)
        {
            chosen = graph.Node("Div", [chosen, graph.Node("Add", [Sum(chosen), graph.Constant([1e-20f])])]);
        }

        return (router.Scale == 1 ? chosen : graph.Node("Mul", [chosen, graph.Constant([router.Scale])]), best[1]);
    }

    /// <summary>Sums over the last dimension, which stays with a length of 1.</summary>
    public string Sum(string x) => graph.Node("ReduceSum", [x, graph.Constant([-1L], 1)], new OnnxAttribute("keepdims", 1));

    private string InBestGroups(RouterDescription router, int experts, string choice)
    {
        string grouped = graph.Node("Reshape", [choice, graph.Constant([-1, router.Groups, experts / router.Groups], 3)]);
        string ranks = graph.Node("ReduceSum", [Best(grouped, router.GroupRankedBy)[0], graph.Constant([-1L], 1)], new OnnxAttribute("keepdims", 0));
        string kept = Best(ranks, router.ChosenGroups)[1];
        string none = graph.Node("Mul", [ranks, graph.Constant([0f])]);
        string ones = graph.Node("Expand", [graph.Constant([1f]), graph.Node("Shape", [kept])]);
        string mask = graph.Node("ScatterElements", [none, kept, ones], new OnnxAttribute("axis", -1));
        string inside = graph.Node("Greater", [graph.Node("Unsqueeze", [mask, graph.Constant([-1L], 1)]), graph.Constant([0f])]);
        return graph.Node("Reshape", [graph.Node("Where", [inside, grouped, graph.Constant([Excluded])]), graph.Constant([-1, experts], 2)]);
    }

    private string[] Best(string x, long count) => graph.Node("TopK", string.Empty, [x, graph.Constant([count], 1)], 2, new OnnxAttribute("axis", -1));
}
