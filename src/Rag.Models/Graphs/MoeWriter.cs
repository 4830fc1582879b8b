using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;
using Rag.Models.Packing;

namespace Rag.Models.Graphs;

/// <summary>
/// A mixture of experts as com.microsoft MoE (ContribOperators.md), which computes the chosen experts alone. Its own router is
/// a softmax over the chosen: it is given the logarithms of the weights that ours found, so that the softmax gives them back
/// divided by their sum, with which its output is multiplied.
/// </summary>
internal sealed class MoeWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    // The logarithm of no weight at all, and the least weight, whose logarithm is still far above.
    private const float NotChosen = -1e4f;
    private const float LeastWeight = 1e-30f;
    private readonly MlpWriter _mlp = new(graph, weights);
    private readonly RouterWriter _router = new(graph, weights);

    /// <returns>[batch, sequence, hidden].</returns>
    public string Write(MoeDescription moe, string x)
    {
        long hidden = moe.Router.Logits.Weight.Shape[^1];
        string tokens = graph.Node("Reshape", [x, graph.Constant([-1, hidden], 2)]);
        (string chosen, string experts) = _router.Write(moe.Router, moe.Experts, tokens);
        string mixed = graph.Node("Mul", [Experts(moe, tokens, graph.Narrowed(Logits(moe, tokens, chosen, experts)), hidden), graph.Narrowed(_router.Sum(chosen))]);
        mixed = graph.Node("Reshape", [mixed, graph.Node("Shape", [x])]);
        return moe.Shared is null ? mixed : graph.Node("Add", [mixed, Shared(moe, x)]);
    }

    private string Logits(MoeDescription moe, string tokens, string chosen, string experts)
    {
        using FloatScope exact = graph.InSingle();
        string count = graph.Node("Shape", [tokens], new OnnxAttribute("start", 0), new OnnxAttribute("end", 1));
        string shape = graph.Node("Concat", [count, graph.Constant([(long)moe.Experts], 1)], new OnnxAttribute("axis", 0));
        string empty = graph.Node("Expand", [graph.Constant([NotChosen]), shape]);
        string logarithms = graph.Node("Log", [graph.Node("Max", [chosen, graph.Constant([LeastWeight])])]);
        return graph.Node("ScatterElements", [empty, experts, logarithms], new OnnxAttribute("axis", -1));
    }

    private string Experts(MoeDescription moe, string tokens, string logits, long hidden)
    {
        bool biased = moe.Gate[0].Bias is not null;
        if (weights.PackedExperts([.. moe.Gate.Select(g => g.Weight)], [.. moe.Up.Select(u => u.Weight)]) is { } inner &&
            weights.PackedExperts([.. moe.Down.Select(d => d.Weight)], []) is { } outer && inner.Form == outer.Form)
        {
            return PackedExperts(moe, tokens, logits, hidden, inner, outer);
        }

        return graph.MicrosoftNode(
            "MoE",
            [
                tokens,
                logits,
                Interleaved(moe.Gate.Select(g => g.Weight), moe.Up.Select(u => u.Weight), [-1, 1, hidden], [moe.Experts, 2 * moe.Width, hidden]),
                biased ? Interleaved(moe.Gate.Select(g => g.Bias!), moe.Up.Select(u => u.Bias!), [-1, 1], [moe.Experts, 2 * moe.Width]) : "",
                Stacked(moe.Down.Select(d => d.Weight), [moe.Experts, hidden, moe.Width]),
                biased ? Stacked(moe.Down.Select(d => d.Bias!), [moe.Experts, hidden]) : "",
            ],
            Attributes(moe));
    }

    // com.microsoft QMoE: the same over packed matrices.
    private string PackedExperts(MoeDescription moe, string tokens, string logits, long hidden, PackedMatrix inner, PackedMatrix outer)
    {
        bool biased = moe.Gate[0].Bias is not null;
        PackedForm form = inner.Form;
        (string Values, string Scales) Tensors(PackedMatrix packed, long rows, int columns) => weights.DeclareExperts(
            packed, [moe.Experts, rows, (long)columns * form.Bits / 8], [moe.Experts, rows, form.Blocks(columns)]);
        (string innerValues, string innerScales) = Tensors(inner, 2L * moe.Width, (int)hidden);
        (string outerValues, string outerScales) = Tensors(outer, hidden, moe.Width);
        return graph.MicrosoftNode(
            "QMoE",
            [
                tokens,
                logits,
                innerValues,
                innerScales,
                biased ? Interleaved(moe.Gate.Select(g => g.Bias!), moe.Up.Select(u => u.Bias!), [-1, 1], [moe.Experts, 2 * moe.Width]) : "",
                outerValues,
                outerScales,
                biased ? Stacked(moe.Down.Select(d => d.Bias!), [moe.Experts, hidden]) : "",
            ],
            [.. Attributes(moe), new OnnxAttribute("expert_weight_bits", form.Bits), new OnnxAttribute("block_size", form.BlockSize)]);
    }

    private static OnnxAttribute[] Attributes(MoeDescription moe) =>
    [
        new OnnxAttribute("k", moe.Router.Chosen),
        new OnnxAttribute("normalize_routing_weights", 1),
        new OnnxAttribute("activation_type", "swiglu"),
        new OnnxAttribute("swiglu_fusion", 1),
        new OnnxAttribute("activation_alpha", moe.Slope),
        new OnnxAttribute("activation_beta", moe.UpOffset),
        .. moe.Limit is { } limit ? (OnnxAttribute[])[new OnnxAttribute("swiglu_limit", limit)] : [],
    ];

    // Row i of the gates beside row i of the others, as the operator wants them.
    private string Interleaved(IEnumerable<Weight> gates, IEnumerable<Weight> ups, long[] row, long[] shape) => graph.Node(
        "Reshape",
        [graph.Node("Concat", [Stacked(gates, row), Stacked(ups, row)], new OnnxAttribute("axis", 1)), graph.Constant(shape, shape.Length)]);

    private string Stacked(IEnumerable<Weight> experts, long[] shape) => graph.Node("Reshape", [weights.Joined([.. experts]), graph.Constant(shape, shape.Length)]);

    private string Shared(MoeDescription moe, string x)
    {
        string shared = weights.Linear(_mlp.Write(moe.Shared!, x), moe.Shared!.Down);
        return moe.SharedGate is null ? shared : graph.Node("Mul", [shared, graph.Node("Sigmoid", [weights.Linear(x, moe.SharedGate)])]);
    }
}
