using Rag.Models.Formats.Onnx;
using Rag.Models.Networks.Heads;

namespace Rag.Models.Graphs;

/// <summary>Writes what becomes of an encoder's last hidden states.</summary>
internal sealed class HeadWriter(OnnxGraphBuilder graph, WeightWriter weights)
{
    private readonly MlpWriter _mlp = new(graph, weights);
    private readonly NormWriter _norms = new(graph, weights);

    /// <param name="head">What to write.</param>
    /// <param name="states">[batch, sequence, hidden].</param>
    /// <param name="ids">int64 [batch, sequence].</param>
    /// <param name="mask">int64 [batch, sequence], 1 where a token counts.</param>
    /// <returns>[batch, sequence, width], or [batch, width] where the head gives one output for a sequence.</returns>
    public string Write(HeadDescription head, string states, string ids, string mask)
    {
        string x = head.Tokens switch
        {
            HeadTokens.Every => states,
            HeadTokens.First => graph.Node("Gather", [states, graph.Constant([0L])], new OnnxAttribute("axis", 1)),
            HeadTokens.Mean => Mean(states, mask),
            HeadTokens.End => graph.Node("GatherND", [states, EndOf(head.EndToken, ids)], new OnnxAttribute("batch_dims", 1)),
            _ => throw new ArgumentOutOfRangeException(nameof(head)),
        };
        foreach (HeadLayer layer in head.Layers)
        {
            x = Write(layer, x);
        }

        return head.Finish switch
        {
            HeadFinish.None => x,
            HeadFinish.UnitLength => graph.Node("LpNormalization", [x], new OnnxAttribute("axis", -1), new OnnxAttribute("p", 2)),
            HeadFinish.SparseMaximum => SparseMaximum(x, mask),
            _ => throw new ArgumentOutOfRangeException(nameof(head)),
        };
    }

    private string Write(HeadLayer layer, string x)
    {
        if (layer.Linear is { } linear)
        {
            x = layer.Activation is { } activation ? _mlp.Activate(activation, weights.Product(x, linear), linear.Bias) : weights.Linear(x, linear);
        }

        return layer.Norm is { } norm ? _norms.Write(norm, x) : x;
    }

    private string Mean(string states, string mask)
    {
        string counted = Counted(mask);
        string sum = graph.Node("ReduceSum", [graph.Node("Mul", [states, counted]), graph.Constant([1L], 1)], new OnnxAttribute("keepdims", 0));
        return graph.Node("Div", [sum, graph.Node("ReduceSum", [counted, graph.Constant([1L], 1)], new OnnxAttribute("keepdims", 0))]);
    }

    // ArgMax gives the first of equals.
    private string EndOf(int? end, string ids)
    {
        string found = end is { } id
            ? graph.Node("Cast", [graph.Node("Equal", [ids, graph.Constant([(long)id])])], new OnnxAttribute("to", (long)OnnxDataType.Int32))
            : graph.Node("Cast", [ids], new OnnxAttribute("to", (long)OnnxDataType.Int32));
        return graph.Node("ArgMax", [found], new OnnxAttribute("axis", 1), new OnnxAttribute("keepdims", 1));
    }

    // The logarithm rises with its argument, so the maximum may go first, and the widest values are touched once.
    private string SparseMaximum(string logits, string mask)
    {
        string most = graph.Node("ReduceMax", [graph.Node("Mul", [logits, Counted(mask)]), graph.Constant([1L], 1)], new OnnxAttribute("keepdims", 0));
        return graph.Node("Log", [graph.Node("Add", [graph.Node("Relu", [most]), graph.Constant([1f])])]);
    }

    // [batch, sequence, 1], 1 where a token counts.
    private string Counted(string mask) =>
        graph.Node("Unsqueeze", [graph.Node("Cast", [mask], new OnnxAttribute("to", (long)OnnxDataType.Float32)), graph.Constant([-1L], 1)]);
}
