using Rag.Models.Formats.Onnx;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>A graph of nothing but attention of some tokens, in plain products of one, in several layers, each over a cache of its own, in one of the two forms that decoders are written in.</summary>
internal sealed class AttentionGraph
{
    private const int Opset = 24;
    private readonly KernelShape _shape;

    public AttentionGraph(KernelShape shape, bool plain, int capacity, int layers, int rows = 1)
    {
        _shape = shape;
        Builder.RequireOpset(Opset);
        string query = Builder.Input("query", OnnxDataType.Float32, 1, rows, shape.Heads * shape.HeadSize);
        Builder.Input("row", OnnxDataType.Float32, 1, rows, shape.KeyHeads * shape.HeadSize);
        if (plain)
        {
            Builder.Input("mask", OnnxDataType.Float32, 1, 1, 1, capacity);
            Builder.Input("position", OnnxDataType.Int64, 1);
        }
        else
        {
            Builder.Input("last", OnnxDataType.Int32, 1);
            Builder.Input("total", OnnxDataType.Int32, 1);
        }

        OnnxDimension[] cache = [1, shape.KeyHeads, capacity, shape.HeadSize];
        for (int layer = 0; layer < layers; layer++)
        {
            string[] names = [.. Caches(layer)];
            Array.ForEach(names, name => Builder.Input("past_" + name, OnnxDataType.Float32, cache));
            query = plain ? Plain(query, names) : Fused(query, names, layer);
            Array.ForEach(names, name => Builder.Output("present_" + name, OnnxDataType.Float32, cache));
        }

        Builder.AddNode("y", "Identity", string.Empty, [query], ["y"]);
        Builder.Output("y", OnnxDataType.Float32, 1, rows, shape.Heads * shape.HeadSize);
    }

    public OnnxGraphBuilder Builder { get; } = new();

    /// <summary>What the buffers of a layer are called, behind "past_" and "present_".</summary>
    public static IEnumerable<string> Caches(int layer) => [FormattableString.Invariant($"key.{layer}"), FormattableString.Invariant($"value.{layer}")];

    private string Fused(string query, string[] names, int layer)
    {
        string output = FormattableString.Invariant($"attended.{layer}");
        Builder.AddNode(
            output,
            "GroupQueryAttention",
            OnnxGraphBuilder.MicrosoftDomain,
            [query, "row", "row", "past_" + names[0], "past_" + names[1], "last", "total"],
            [output, "present_" + names[0], "present_" + names[1]],
            new OnnxAttribute("num_heads", _shape.Heads),
            new OnnxAttribute("kv_num_heads", _shape.KeyHeads));
        return output;
    }

    private string Plain(string query, string[] names)
    {
        (int heads, int keyHeads, int size) = (_shape.Heads, _shape.KeyHeads, _shape.HeadSize);
        foreach (string name in names)
        {
            string row = Builder.Node("Reshape", ["row", Builder.Constant([1L, keyHeads, 1L, size], 4)]);
            Builder.AddNode("present_" + name, "TensorScatter", string.Empty, ["past_" + name, row, "position"], ["present_" + name], new OnnxAttribute("axis", -2));
        }

        string grouped = Builder.Node("Reshape", [query, Builder.Constant([1L, keyHeads, heads / keyHeads, size], 4)]);
        string scores = Builder.MicrosoftNode("FusedMatMul", [grouped, "present_" + names[0]], new OnnxAttribute("transB", 1), new OnnxAttribute("alpha", 1 / MathF.Sqrt(size)));
        string shares = Builder.Node("Softmax", [Builder.Node("Add", [scores, "mask"])], new OnnxAttribute("axis", -1));
        return Builder.Node("Reshape", [Builder.Node("MatMul", [shares, "present_" + names[1]]), Builder.Constant([1L, 1L, (long)heads * size], 3)]);
    }
}
