using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>The tensors of GGUF files as a checkpoint has them, converted whenever they are read. Owns the files.</summary>
internal sealed class GgufTensors : ITensorFile
{
    private static readonly Dictionary<string, string> None = [];
    private readonly GgufFileSet _files;
    private readonly Dictionary<string, IMappedTensor> _mapped;

    public GgufTensors(GgufFileSet files, IEnumerable<IMappedTensor> tensors)
    {
        _files = files;
        _mapped = new Dictionary<string, IMappedTensor>(StringComparer.Ordinal);
        foreach (IMappedTensor tensor in tensors)
        {
            if (!_mapped.TryAdd(tensor.Name, tensor))
            {
                TensorInfo info = tensor.ToInfo();
                throw new CorruptException($"{info.FilePath}: two tensors stand for '{info.Name}'.", info.FilePath, info.Offset);
            }
        }

        Tensors = [.. _mapped.Values.Select(tensor => tensor.ToInfo())];
    }

    public IReadOnlyList<string> FilePaths => [.. _files.Files.Select(file => file.FilePath)];

    public IReadOnlyList<TensorInfo> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata => None;

    public void ReadBytes(TensorInfo tensor, Span<byte> destination, long start) => _mapped[tensor.Name].ReadBytes(destination, start);

    public void ReadSingles(TensorInfo tensor, Span<float> values, long first) => _mapped[tensor.Name].ReadSingles(values, first);

    public float[] ReadSingles(TensorInfo tensor)
    {
        float[] values = new float[checked((int)tensor.ElementCount)];
        ReadSingles(tensor, values, 0);
        return values;
    }

    public PackedRows? OpenPacked(TensorInfo tensor, bool transposed) => _mapped[tensor.Name].OpenPacked(transposed);

    public void Dispose() => _files.Dispose();
}
