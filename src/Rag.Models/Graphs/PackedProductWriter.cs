using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Packing;

namespace Rag.Models.Graphs;

/// <summary>Writes products with matrices that stay packed while the network runs (com.microsoft MatMulNBits and MatMulIntegerToFloat, ContribOperators.md).</summary>
internal sealed class PackedProductWriter(OnnxGraphBuilder graph, ISet<string> files, List<SharedTensor> shared, int accuracyLevel, RowRounding rounding)
{
    /// <summary>x W^T.</summary>
    public string Product(string x, PackedMatrix packed, Weight weight)
    {
        if (packed.Form.IsHalf)
        {
            return graph.MicrosoftNode("FusedMatMul", [x, Floats(Declare(packed.Values, OnnxDataType.Float16))], new OnnxAttribute("transB", 1));
        }

        long columns = weight.Transposed ? weight.Shape[^2] : weight.Shape[^1];
        if (packed.Form.IsTurned)
        {
            (string numbers, string scales) = rounding.Write(x, columns);
            string product = graph.MicrosoftNode(
                "MatMulIntegerToFloat",
                [numbers, Declare(packed.Values, OnnxDataType.Int8), graph.Constant([1f]), Declare(packed.Scales!, OnnxDataType.Float32), graph.Constant(RowRounding.Middle)]);
            return graph.Node("Mul", [product, scales]);
        }

        long rows = packed.Values.Shape[0];
        string[] operands = [x, Declare(packed.Values, OnnxDataType.UInt8), graph.Narrowed(Declare(packed.Scales!, OnnxDataType.Float32)), packed.Zeros is null ? "" : Declare(packed.Zeros, OnnxDataType.UInt8)];
        return graph.MicrosoftNode(
            "MatMulNBits",
            operands,
            new OnnxAttribute("K", columns),
            new OnnxAttribute("N", rows),
            new OnnxAttribute("bits", packed.Form.Bits),
            new OnnxAttribute("block_size", packed.Form.BlockSize),
            new OnnxAttribute("accuracy_level", accuracyLevel));
    }

    /// <summary>Rows of a table of four or eight bits (com.microsoft GatherBlockQuantized), whose bytes are those of the matrix, or of one in half precision.</summary>
    public string Rows(PackedMatrix packed, Weight table, string ids) => packed.Form.IsHalf
        ? Floats(graph.Node("Gather", [Declare(packed.Values, OnnxDataType.Float16), ids]))
        : graph.MicrosoftNode(
        "GatherBlockQuantized",
        [Declare(packed.Values, OnnxDataType.UInt8, [table.Shape[0], table.Shape[1] * packed.Form.Bits / 8]), ids, graph.Narrowed(Declare(packed.Scales!, OnnxDataType.Float32))],
        new OnnxAttribute("bits", packed.Form.Bits),
        new OnnxAttribute("block_size", packed.Form.BlockSize),
        new OnnxAttribute("gather_axis", 0),
        new OnnxAttribute("quantize_axis", 1));

    private string Floats(string half) => graph.Floats == OnnxDataType.Float16 ? half : graph.Cast(half, graph.Floats);

    /// <summary>Declares a tensor of a packed matrix, in another shape where one is given.</summary>
    public string Declare(TensorInfo tensor, OnnxDataType type, long[]? shape = null)
    {
        files.Add(tensor.FilePath);
        string name = graph.External(tensor, type, shape);
        if (type != OnnxDataType.Float16 && !shared.Exists(other => other.Name == name))
        {
            shared.Add(new SharedTensor(name, tensor, type, shape ?? [.. tensor.Shape]));
        }

        return name;
    }
}
