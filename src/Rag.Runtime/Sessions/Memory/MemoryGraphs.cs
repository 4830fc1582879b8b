using Rag.Models.Formats.Onnx;

namespace Rag.Runtime.Sessions.Memory;

/// <summary>
/// The small graphs that move what lies in a device's memory. Each writes through an output that is bound to the memory of the value that it
/// changes, which TensorScatter (ONNX operator set 24) does in place.
/// </summary>
internal static class MemoryGraphs
{
    public const string From = "from";
    public const string To = "to";
    public const string First = "first";
    public const string Last = "last";
    public const string At = "at";
    public const string Result = "result";

    /// <summary>Tokens first to last of a row to a place of another row.</summary>
    public static byte[] Move(OnnxDataType type, OnnxDataType fromType)
    {
        OnnxGraphBuilder graph = new();
        string rows = Tokens(graph, fromType);
        rows = type == fromType ? rows : graph.Cast(rows, type);
        OnnxDimension[] shape = [1, "heads", "to_capacity", "width"];
        graph.RequireOpset(24);
        graph.AddNode(
            "scatter", "TensorScatter", string.Empty, [graph.Input(To, type, shape), rows, graph.Input(At, OnnxDataType.Int64, 1)], [Result], new OnnxAttribute("axis", -2));
        graph.Output(Result, type, shape);
        return graph.ToModel("move");
    }

    /// <summary>Tokens first to last of a row, in single precision.</summary>
    public static byte[] Read(OnnxDataType type)
    {
        OnnxGraphBuilder graph = new();
        graph.AddNode("widen", "Cast", string.Empty, [Tokens(graph, type)], [Result], new OnnxAttribute("to", (long)OnnxDataType.Float32));
        graph.Output(Result, OnnxDataType.Float32, 1, "heads", "tokens", "width");
        return graph.ToModel("read");
    }

    /// <summary>Numbers in another type, or in the same.</summary>
    public static byte[] Convert(OnnxDataType from, OnnxDataType to)
    {
        OnnxGraphBuilder graph = new();
        graph.AddNode("convert", "Cast", string.Empty, [graph.Input(From, from, "numbers")], [Result], new OnnxAttribute("to", (long)to));
        graph.Output(Result, to, "numbers");
        return graph.ToModel("convert");
    }

    private static string Tokens(OnnxGraphBuilder graph, OnnxDataType type)
    {
        string from = graph.Input(From, type, 1, "heads", "capacity", "width");
        string first = graph.Input(First, OnnxDataType.Int64, 1);
        string last = graph.Input(Last, OnnxDataType.Int64, 1);
        return graph.Node("Slice", [from, first, last, graph.Constant([2L], 1)]);
    }
}
