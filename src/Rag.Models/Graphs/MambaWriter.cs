using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// A Mamba-2 block for the tokens of one step at once, in the dual form of the paper's section 6 with the step as the chunk: with
/// L the running sum of dt a, y_i = sum over j to i of (c_i b_j) exp(L_i - L_j) dt_j x_j, plus exp(L_i) c_i h of the state
/// before. Differences of L are taken in double precision, since L itself grows with the step.
/// </summary>
internal sealed class MambaWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    private readonly NormWriter _norms = new(graph, weights);

    /// <returns>[batch, sequence, inner].</returns>
    public string Write(MambaDescription mamba, int layer, string x)
    {
        x = graph.Widened(x);
        string y;
        using (graph.InSingle())
        {
            y = WriteSingle(mamba, layer, x);
        }

        return graph.Narrowed(y);
    }

    private string WriteSingle(MambaDescription mamba, int layer, string x)
    {
        (long groups, long share) = (mamba.Groups, mamba.Heads / mamba.Groups);
        string[] parts = Split(Projected(mamba, x), mamba.Inner, mamba.Channels, mamba.Heads);
        string[] mixed = Split(Convolved(mamba, layer, parts[1]), mamba.Inner, groups * mamba.StateSize, groups * mamba.StateSize);

        // [batch, groups, heads of a group, sequence, .] throughout.
        string values = Transpose(Reshape(mixed[0], 0, 0, groups, share, mamba.HeadSize), 0, 2, 3, 1, 4);
        string inputs = Unsqueeze(Transpose(Reshape(mixed[1], 0, 0, groups, mamba.StateSize), 0, 2, 1, 3), 2);
        string outputs = Unsqueeze(Transpose(Reshape(mixed[2], 0, 0, groups, mamba.StateSize), 0, 2, 1, 3), 2);
        string time = Transpose(Reshape(Time(mamba, parts[2]), 0, 0, groups, share), 0, 2, 3, 1);
        string rate = Reshape(graph.Node("Neg", [graph.Node("Exp", [weights.Single(mamba.Decay)])]), 1, groups, share, 1);
        string sums = graph.Node("CumSum", [Cast(Product(time, rate), OnnxDataType.Float64), graph.Constant([3L])]);
        string last = graph.Node("Gather", [sums, graph.Constant([-1L], 1)], new OnnxAttribute("axis", 3));
        string timed = Product(values, Unsqueeze(time, -1));

        string between = Exp(graph.Node("Sub", [Unsqueeze(sums, -1), Unsqueeze(sums, -2)]));
        string seen = graph.Node("Trilu", [between], new OnnxAttribute("upper", 0));
        string fromStep = MatMul(Product(seen, MatMul(outputs, Turn(inputs))), timed);
        string past = State(GraphNames.PastState(layer, 1), mamba.States[1]);
        string fromState = Product(MatMul(outputs, Turn(past)), Unsqueeze(Exp(sums), -1));
        string skipped = Product(values, Reshape(weights.Single(mamba.Skip), 1, groups, share, 1, 1));
        string y = Sum(Sum(fromStep, fromState), skipped);

        string toEnd = Unsqueeze(Exp(graph.Node("Sub", [last, sums])), -1);
        string added = MatMul(Turn(Product(timed, toEnd)), inputs);
        Present(GraphNames.PresentState(layer, 1), mamba.States[1], Sum(Product(past, Unsqueeze(Exp(last), -1)), added));
        return Gated(mamba, Reshape(Transpose(y, 0, 3, 1, 2, 4), 0, 0, mamba.Inner), parts[0]);
    }

    private string Projected(MambaDescription mamba, string x)
    {
        string projected = weights.Linear(x, mamba.Input);
        if (mamba.InputParts is not { } factors)
        {
            return projected;
        }

        int shared = mamba.Groups * mamba.StateSize;
        int[] widths = [mamba.Inner, mamba.Inner, shared, shared, mamba.Heads];
        float[] all = [.. widths.SelectMany((width, i) => Enumerable.Repeat(factors[i], width))];
        return Product(projected, graph.Constant(all, all.Length));
    }

    private string Convolved(MambaDescription mamba, int layer, string x)
    {
        string window = graph.Node("Concat", [State(GraphNames.PastState(layer, 0), mamba.States[0]), x], new OnnxAttribute("axis", 1));
        string kept = graph.Node("Slice", [window, graph.Constant([1L - mamba.KernelLength], 1), graph.Constant([long.MaxValue], 1), graph.Constant([1L], 1)]);
        Present(GraphNames.PresentState(layer, 0), mamba.States[0], kept);
        string bias = mamba.KernelBias is null ? "" : weights.Single(mamba.KernelBias);
        string convolved = graph.Node("Conv", [Transpose(window, 0, 2, 1), weights.Single(mamba.Kernel), bias], new OnnxAttribute("group", mamba.Channels));
        return Silu(Transpose(convolved, 0, 2, 1));
    }

    private string Time(MambaDescription mamba, string x)
    {
        string time = graph.Node("Softplus", [Sum(x, weights.Single(mamba.TimeBias))]);
        (float least, float most) = mamba.TimeLimits;
        time = least > 0 ? graph.Node("Max", [time, graph.Constant([least])]) : time;
        return float.IsInfinity(most) ? time : graph.Node("Min", [time, graph.Constant([most])]);
    }

    private string Gated(MambaDescription mamba, string y, string gate)
    {
        string open = Silu(gate);
        return mamba.Norm is null ? Product(y, open)
            : mamba.NormBeforeGate ? Product(_norms.WriteGroups(mamba.Norm, y, mamba.NormGroups), open)
            : _norms.WriteGroups(mamba.Norm, Product(y, open), mamba.NormGroups);
    }

    private string State(string name, long[] shape) => graph.Input(name, OnnxDataType.Float32, ["batch", .. shape.Select(size => (OnnxDimension)size)]);

    private void Present(string name, long[] shape, string value)
    {
        graph.AddNode(name, "Identity", string.Empty, [value], [name]);
        graph.Output(name, OnnxDataType.Float32, ["batch", .. shape.Select(size => (OnnxDimension)size)]);
    }

    private string[] Split(string x, params long[] sizes) =>
        graph.Node("Split", string.Empty, [x, graph.Constant(sizes, sizes.Length)], sizes.Length, new OnnxAttribute("axis", -1));

    private string Exp(string x) => graph.Node("Exp", [Cast(x, OnnxDataType.Float32)]);

    private string Silu(string x) => graph.MicrosoftNode("QuickGelu", [x], new OnnxAttribute("alpha", 1f));

    private string Cast(string x, OnnxDataType type) => graph.Node("Cast", [x], new OnnxAttribute("to", (long)type));

    private string Sum(string x, string y) => graph.Node("Add", [x, y]);

    private string Product(string x, string y) => graph.Node("Mul", [x, y]);

    private string MatMul(string x, string y) => graph.Node("MatMul", [x, y]);

    private string Turn(string x) => Transpose(x, 0, 1, 2, 4, 3);

    private string Transpose(string x, params long[] order) => graph.Node("Transpose", [x], new OnnxAttribute("perm", order));

    private string Reshape(string x, params long[] shape) => graph.Node("Reshape", [x, graph.Constant(shape, shape.Length)]);

    private string Unsqueeze(string x, long axis) => graph.Node("Unsqueeze", [x, graph.Constant([axis], 1)]);
}
