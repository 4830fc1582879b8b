using Rag.Models.Formats.Onnx;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Graphs;

/// <summary>A tensor of a folder with the name that it has in the network.</summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Weights">The folder that holds it, open.</param>
/// <param name="Tensor">Where it lies there.</param>
/// <param name="Borrowed">Whether the folder is another model's: external data lies in one folder, so its bytes go into the graph itself.</param>
internal sealed record StoredTensor(string Name, SafetensorsFolder Weights, TensorInfo Tensor, bool Borrowed)
{
    // A graph must stay below the 2 GiB of a protobuf message, with its buffers doubling.
    private const long MaxInlineBytes = 512 << 20;

    /// <summary>Its element type in ONNX terms.</summary>
    public OnnxDataType ElementType => Tensor.DataType switch
    {
        TensorDataType.Float32 => OnnxDataType.Float32,
        TensorDataType.Float16 => OnnxDataType.Float16,
        TensorDataType.BFloat16 => OnnxDataType.BFloat16,
        TensorDataType.Int8 => OnnxDataType.Int8,
        TensorDataType.UInt8 => OnnxDataType.UInt8,
        _ => throw new InvalidOperationException($"{Tensor.DataType} is no form of a weight."),
    };

    /// <summary>Declares the tensor as it is stored and returns its name in the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="files">Receives the file that must be there to load the graph.</param>
    /// <exception cref="UnsupportedException">It belongs to another model and is too large for a graph.</exception>
    public string Declare(OnnxGraphBuilder graph, ISet<string> files)
    {
        OnnxDataType type = ElementType;
        if (!Borrowed)
        {
            files.Add(Tensor.FilePath);
            return graph.External(Tensor, type);
        }

        return Tensor.Length <= MaxInlineBytes
            ? graph.Inline(Name, [.. Tensor.Shape], type, Weights.ReadBytes(Tensor))
            : throw new UnsupportedException($"The tensor '{Tensor.Name}' of {Weights.FolderPath} has {Tensor.Length} bytes; a tensor of another folder may have {MaxInlineBytes}. Put it into the model's own folder.", Weights.FolderPath);
    }
}
