using Rag.Models.Packing;

namespace Rag.Models.Formats.Safetensors;

/// <summary>A file that tensors are read from: of safetensors, or one that is seen as such.</summary>
internal interface ITensorFile : IDisposable
{
    /// <summary>The files on the disk, links resolved.</summary>
    IReadOnlyList<string> FilePaths { get; }

    IReadOnlyList<TensorInfo> Tensors { get; }

    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads stored bytes of a tensor from one of them on, as many as there is room for.</summary>
    void ReadBytes(TensorInfo tensor, Span<byte> destination, long start);

    /// <summary>Reads elements as single precision from one of them on, as many as there is room for; whole rows.</summary>
    void ReadSingles(TensorInfo tensor, Span<float> values, long first);

    /// <summary>A matrix, or with its dimensions in each other's place, in the packed form that it is stored in; null where kernels take none such.</summary>
    PackedRows? OpenPacked(TensorInfo tensor, bool transposed);
}
