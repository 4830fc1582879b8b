using Rag.Models.Packing;

namespace Rag.Models.Formats.Safetensors;

/// <summary>A safetensors file as one of those that weights are read from. Owns it.</summary>
internal sealed class SafetensorsTensors(SafetensorsFile file) : ITensorFile
{
    public IReadOnlyList<string> FilePaths => [file.FilePath];

    public IReadOnlyList<TensorInfo> Tensors => file.Tensors;

    public IReadOnlyDictionary<string, string> Metadata => file.Metadata;

    public void ReadBytes(TensorInfo tensor, Span<byte> destination, long start) => file.ReadBytes(tensor, destination, start);

    public void ReadSingles(TensorInfo tensor, Span<float> values, long first) => SingleReader.Read(file, tensor, values, first);

    public float[] ReadSingles(TensorInfo tensor) => file.ReadSingles(tensor);

    public PackedRows? OpenPacked(TensorInfo tensor, bool transposed) => null;

    public void Dispose() => file.Dispose();
}
