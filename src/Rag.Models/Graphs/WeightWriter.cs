using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Graphs;

/// <summary>
/// Declares stored tensors in a graph, checked against the shapes that the network needs. Every computation is in single
/// precision: weights stored as F16 or BF16 go through a Cast of a constant, which ONNX Runtime does once while loading
/// (exact), so that no converted copy is written anywhere. Measured with 135 M parameters: loading takes the time and the
/// peak memory that it takes from F32, since the kernels keep a packed copy of their own either way. Embedding rows are
/// gathered first and cast after, so that a table stays in its stored size.
/// </summary>
internal sealed class WeightWriter(OnnxGraphBuilder graph, SafetensorsFolder weights, BorrowedTensor? borrowed = null)
{
    private readonly Dictionary<string, string> _singles = new(StringComparer.Ordinal);

    /// <summary>The files that hold the declared tensors.</summary>
    public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensor in single precision.</summary>
    public string Single(Weight weight)
    {
        if (_singles.TryGetValue(weight.Name, out string? name))
        {
            return name;
        }

        name = ToSingle(Stored(weight, out OnnxDataType type), type);
        _singles.Add(weight.Name, name);
        return name;
    }

    /// <summary>Rows of a table, in single precision.</summary>
    public string Rows(Weight table, string ids)
    {
        string stored = Stored(table, out OnnxDataType type);
        return ToSingle(graph.Node("Gather", [stored, ids]), type);
    }

    /// <summary>x W^T, without the bias.</summary>
    public string Product(string x, LinearDescription linear) =>
        graph.MicrosoftNode("FusedMatMul", [x, Single(linear.Weight)], new OnnxAttribute("transB", 1));

    /// <summary>x W^T + b.</summary>
    public string Linear(string x, LinearDescription linear)
    {
        string product = Product(x, linear);
        return linear.Bias is null ? product : graph.Node("Add", [product, Single(linear.Bias)]);
    }

    private string ToSingle(string value, OnnxDataType type) => type == OnnxDataType.Float32
        ? value
        : graph.Node("Cast", [value], new OnnxAttribute("to", (long)OnnxDataType.Float32));

    private string Stored(Weight weight, out OnnxDataType type)
    {
        BorrowedTensor? elsewhere = borrowed?.Name == weight.Name ? borrowed : null;
        string folder = elsewhere?.Weights.FolderPath ?? weights.FolderPath;
        TensorInfo tensor = elsewhere?.Tensor ?? weights.Find(weight.Name) ?? throw new IncompatibleException(
            $"The model folder {weights.FolderPath} lacks the tensor '{weight.Name}', which config.json asks for with the shape {TensorInfo.DescribeShape(weight.Shape)}.", weights.FolderPath);
        if (!tensor.Shape.SequenceEqual(weight.Shape))
        {
            throw new IncompatibleException(
                $"The model folder {folder} holds the tensor '{tensor.Name}' as {tensor.Describe()}, but config.json asks for the shape {TensorInfo.DescribeShape(weight.Shape)}.", folder);
        }

        type = tensor.DataType switch
        {
            TensorDataType.Float32 => OnnxDataType.Float32,
            TensorDataType.Float16 => OnnxDataType.Float16,
            TensorDataType.BFloat16 => OnnxDataType.BFloat16,
            _ => throw new UnsupportedException($"The model folder {folder} holds the tensor '{tensor.Name}' as {tensor.Describe()}; F32, F16 and BF16 are supported.", folder),
        };
        if (elsewhere is not null)
        {
            return graph.Inline(weight.Name, [.. tensor.Shape], type, elsewhere.ReadBytes());
        }

        Files.Add(tensor.FilePath);
        return graph.External(tensor, type);
    }
}
