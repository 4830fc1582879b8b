using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Graphs;

/// <summary>
/// A tensor that a model shares with another and so leaves to the other's folder. External data lies in one folder, so
/// its bytes go into the graph itself.
/// </summary>
/// <param name="Name">Its name in the network.</param>
/// <param name="Weights">The folder that holds it, open.</param>
/// <param name="Tensor">Where it lies there.</param>
internal sealed record BorrowedTensor(string Name, SafetensorsFolder Weights, TensorInfo Tensor)
{
    // A graph must stay below the 2 GiB of a protobuf message, with its buffers doubling.
    private const long MaxBytes = 512 << 20;

    /// <summary>The bytes as stored.</summary>
    /// <exception cref="UnsupportedException">They are too many for a graph.</exception>
    public byte[] ReadBytes() => Tensor.Length <= MaxBytes
        ? Weights.ReadBytes(Tensor)
        : throw new UnsupportedException($"The tensor '{Tensor.Name}' of {Weights.FolderPath} has {Tensor.Length} bytes; a tensor of another folder may have {MaxBytes}. Put it into the model's own folder.", Weights.FolderPath);
}
