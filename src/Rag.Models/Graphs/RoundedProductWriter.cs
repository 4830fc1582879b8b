using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Writes products of integers: each row of what goes in is rounded to eight bits with a scale of its own, each row of the matrix
/// with its own as well (com.microsoft MatMulIntegerToFloat, ContribOperators.md). A row's result depends on no other row, so
/// neither on its batch nor on padding.
/// </summary>
/// <remarks>
/// DynamicQuantizeMatMul is a tenth faster but has one scale for all rows: on MiniLM and SciFact its vectors are five times
/// as far from the exact ones, and a text's vector depends on the texts beside it. Signed activations, which would need no zero
/// point, have no kernel on x64 without AVX-VNNI-INT8 and take ten times as long.
/// </remarks>
internal sealed class RoundedProductWriter(OnnxGraphBuilder graph, WeightWriter weights, RoundingDescription rounding)
{
    private const byte Middle = 128;
    private const float RowSteps = 127;

    // Keeps a row of zeros from being divided by zero.
    private const float LeastScale = 1e-20f;

    private readonly Dictionary<string, (string Values, string Scales)> _rounded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Values, string Scales)> _matrices = new(StringComparer.Ordinal);

    /// <summary>x W^T.</summary>
    public string Product(string x, Weight weight)
    {
        string key = WeightWriter.KeyOf(weight);
        if (!_matrices.TryGetValue(key, out (string Values, string Scales) matrix))
        {
            _matrices.Add(key, matrix = Matrix(weight));
        }

        // Queries, keys and values share what goes into them.
        if (!_rounded.TryGetValue(x, out (string Values, string Scales) rows))
        {
            _rounded.Add(x, rows = Rows(x));
        }

        string product = graph.MicrosoftNode("MatMulIntegerToFloat", [rows.Values, matrix.Values, graph.Constant([1f]), matrix.Scales, graph.Constant(Middle)]);
        return graph.Node("Mul", [product, rows.Scales]);
    }

    // Of constants, and so done once while loading: int8 [inputs, outputs] and [outputs].
    private (string Values, string Scales) Matrix(Weight weight)
    {
        string matrix = weights.Single(weight);
        string scales = Scales(matrix, rounding.WeightSteps, keep: false);
        string values = graph.Node("QuantizeLinear", [matrix, scales], new OnnxAttribute("axis", 0), new OnnxAttribute("output_dtype", (long)OnnxDataType.Int8));
        return (graph.Node("Transpose", [values], new OnnxAttribute("perm", [1, 0])), scales);
    }

    // uint8 of the shape of x, and its shape with 1 at the end. The operator takes a scale for each part of one dimension alone.
    private (string Values, string Scales) Rows(string x)
    {
        string scales = Scales(x, RowSteps, keep: true);
        string flat = graph.Node("Reshape", [scales, graph.Constant([-1L], 1)]);
        string middles = graph.Node("Expand", [graph.Constant(Middle), graph.Node("Shape", [flat])]);
        string values = graph.Node("QuantizeLinear", [graph.Node("Flatten", [x], new OnnxAttribute("axis", -1)), flat, middles], new OnnxAttribute("axis", 0));
        return (graph.Node("Reshape", [values, graph.Node("Shape", [x])]), scales);
    }

    private string Scales(string x, float steps, bool keep)
    {
        string most = graph.Node("ReduceMax", [graph.Node("Abs", [x]), graph.Constant([-1L], 1)], new OnnxAttribute("keepdims", keep ? 1 : 0));
        return graph.Node("Max", [graph.Node("Mul", [most, graph.Constant([1 / steps])]), graph.Constant([LeastScale])]);
    }
}
