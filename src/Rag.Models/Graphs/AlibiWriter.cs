using Rag.Models.Formats.Onnx;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>Writes the linear biases of attention, [1, heads, sequence, total length]; layers that have the same share them.</summary>
internal sealed class AlibiWriter(OnnxGraphBuilder graph, DecoderInputs inputs)
{
    private AlibiDescription? _written;
    private string _bias = "";

    public string Write(AlibiDescription alibi)
    {
        if (!ReferenceEquals(alibi, _written))
        {
            string bias;
            using (graph.InSingle())
            {
                bias = WriteNew(alibi);
            }

            (_written, _bias) = (alibi, graph.Narrowed(bias));
        }

        return _bias;
    }

    private string WriteNew(AlibiDescription alibi)
    {
        string total = graph.Node("Squeeze", [Cast(inputs.TotalLength, OnnxDataType.Int64)]);
        string positions = Cast(graph.Node("Range", [graph.Constant([0L]), total, graph.Constant([1L])]), OnnxDataType.Float32);
        string slopes = graph.Constant(alibi.Slopes, 1, alibi.Slopes.Length, 1, 1);
        string products = alibi.RoundsToBFloat16
            ? Rounded(graph.Node("Mul", [Rounded(positions), Rounded(slopes)]))
            : graph.Node("Mul", [positions, slopes]);

        if (alibi.Multiplier != 1)
        {
            products = graph.Node("Mul", [products, graph.Constant([alibi.Multiplier])]);
        }

        string sequence = graph.Node("Shape", [inputs.Ids], new OnnxAttribute("start", 1), new OnnxAttribute("end", 2));
        string shape = graph.Node("Concat", [graph.Constant([1L, alibi.Slopes.Length], 2), sequence, graph.Constant([1L], 1)], new OnnxAttribute("axis", 0));
        return graph.Node("Expand", [products, shape]);
    }

    private string Rounded(string x) => Cast(Cast(x, OnnxDataType.BFloat16), OnnxDataType.Float32);

    private string Cast(string x, OnnxDataType type) => graph.Node("Cast", [x], new OnnxAttribute("to", (long)type));
}
