using Rag.Models.Formats.Onnx;

namespace Rag.Models.Graphs;

/// <summary>
/// Rounds each row of what goes into a product to eight bits around 128 with a scale of its own, max|value| / 127. A row's numbers
/// depend on no other row, so neither on its batch nor on how a prompt is cut into pieces.
/// </summary>
internal sealed class RowRounding(OnnxGraphBuilder graph)
{
    /// <summary>The number that stands for 0.</summary>
    public const byte Middle = 128;

    private const float Steps = 127;
    private readonly Dictionary<string, (string Values, string Scales)> _rounded = new(StringComparer.Ordinal);
    private string? _middles;

    /// <summary>What follows has another number of rows than what came before.</summary>
    public void BeginRows() => _middles = null;

    /// <summary>Rounds x, once for all that multiply it.</summary>
    /// <param name="x">[…, columns].</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <returns>U8 […, columns], and F32 […, 1].</returns>
    public (string Values, string Scales) Write(string x, long columns)
    {
        if (_rounded.TryGetValue(x, out (string Values, string Scales) rounded))
        {
            return rounded;
        }

        // A row of zeros has the scale 0: whatever numbers it is given, they are multiplied by that in the end.
        string most = graph.Node("ReduceMax", [graph.Node("Abs", [x]), graph.Constant([-1L], 1)], new OnnxAttribute("keepdims", 1));
        string scales = graph.Node("Mul", [most, graph.Constant([1 / Steps])]);
        _middles ??= graph.Node("Expand", [graph.Constant(Middle), graph.Node("Shape", [scales])]);

        // In blocks as long as a row, which need no other shapes than those of x and its scales.
        string values = graph.Node("QuantizeLinear", [x, scales, _middles], new OnnxAttribute("axis", -1), new OnnxAttribute("block_size", columns));
        _rounded.Add(x, (values, scales));
        return (values, scales);
    }
}
