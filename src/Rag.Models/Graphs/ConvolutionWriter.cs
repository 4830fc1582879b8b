using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// A gated short convolution over a cache of its own inputs. The inputs of all tokens are kept, not only of the last few, so
/// that a rewind is as exact as it is for keys and values.
/// </summary>
internal sealed class ConvolutionWriter(OnnxGraphBuilder graph, WeightWriter weights, DecoderInputs inputs)
{
    /// <returns>[batch, sequence, channels].</returns>
    public string Write(ConvolutionDescription convolution, int layer, string x)
    {
        (int channels, int before) = (convolution.Channels, convolution.Length - 1);
        OnnxDimension[] cache = ["batch", 1, "capacity", channels];
        string past = graph.Input(GraphNames.PastKey(layer), graph.Floats, cache);
        string[] parts = graph.Node("Split", string.Empty, [weights.Linear(x, convolution.Input), graph.Constant([channels, channels, channels], 3)], 3, new OnnxAttribute("axis", -1));
        string gated = graph.Node("Mul", [parts[0], parts[2]]);

        // The rows that this step writes are none of those that it reads.
        string first = graph.Node("Gather", [inputs.PositionIds, graph.Constant([0L])], new OnnxAttribute("axis", 1));
        string rows = graph.Node("Add", [graph.Node("Unsqueeze", [first, graph.Constant([1L], 1)]), graph.Constant(Before(before), 1, before)]);
        string known = graph.Node("Cast", [graph.Node("GreaterOrEqual", [rows, graph.Constant([0L])])], new OnnxAttribute("to", (long)graph.Floats));
        string history = graph.Node("Squeeze", [past, graph.Constant([1L], 1)]);
        string indices = graph.Node("Unsqueeze", [graph.Node("Max", [rows, graph.Constant([0L])]), graph.Constant([-1L], 1)]);
        string earlier = graph.Node("GatherND", [history, indices], new OnnxAttribute("batch_dims", 1));
        earlier = graph.Node("Mul", [earlier, graph.Node("Unsqueeze", [known, graph.Constant([-1L], 1)])]);
        graph.RequireOpset(24);
        graph.AddNode(
            $"TensorScatter.{layer}",
            "TensorScatter",
            string.Empty,
            [past, graph.Node("Unsqueeze", [gated, graph.Constant([1L], 1)]), first],
            [GraphNames.PresentKey(layer)],
            new OnnxAttribute("axis", -2));
        graph.Output(GraphNames.PresentKey(layer), graph.Floats, cache);

        string window = graph.Node("Concat", [earlier, gated], new OnnxAttribute("axis", 1));
        string[] operands = [Turned(window), weights.Single(convolution.Kernel), .. convolution.Bias is null ? (string[])[] : [weights.Single(convolution.Bias)]];
        return graph.Node("Mul", [parts[1], Turned(graph.Node("Conv", operands, new OnnxAttribute("group", channels)))]);
    }

    private static long[] Before(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i - count)];

    private string Turned(string x) => graph.Node("Transpose", [x], new OnnxAttribute("perm", [0, 2, 1]));
}
