using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Formats.Gguf.Mapping;

/// <summary>The tensors of GGUF files as a checkpoint has them, converted whenever they are read. Owns the files.</summary>
internal sealed class GgufTensors : ITensorFile
{
    private static readonly Dictionary<string, string> None = [];
    private readonly GgufFileSet _files;
    private readonly Dictionary<string, MappedTensor> _mapped;

    public GgufTensors(GgufFileSet files, IEnumerable<MappedTensor> tensors)
    {
        _files = files;
        _mapped = new Dictionary<string, MappedTensor>(StringComparer.Ordinal);
        foreach (MappedTensor tensor in tensors)
        {
            if (!_mapped.TryAdd(tensor.Name, tensor))
            {
                throw new CorruptException($"{tensor.File.FilePath}: two tensors stand for '{tensor.Name}'.", tensor.File.FilePath, tensor.Source.Offset);
            }
        }

        Tensors = [.. _mapped.Values.Select(tensor => tensor.ToInfo())];
    }

    public IReadOnlyList<string> FilePaths => [.. _files.Files.Select(file => file.FilePath)];

    public IReadOnlyList<TensorInfo> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata => None;

    public void ReadBytes(TensorInfo tensor, Span<byte> destination, long start) => _mapped[tensor.Name].ReadBytes(destination, start);

    public void ReadSingles(TensorInfo tensor, Span<float> values, long first) => _mapped[tensor.Name].ReadSingles(values, first);

    public PackedRows? OpenPacked(TensorInfo tensor, bool transposed)
    {
        MappedTensor mapped = _mapped[tensor.Name];
        if (mapped.Shape is not [var rows, var columns] || transposed != (mapped.Change == TensorChange.Transposed) || mapped.Change == TensorChange.PlusOne)
        {
            return null;
        }

        (rows, columns) = transposed ? (columns, rows) : (rows, columns);
        if (!GgufRows.Takes(mapped.Source, columns))
        {
            return null;
        }

        long first = mapped.First / columns;
        bool paired = mapped.Change is TensorChange.PairedQueries or TensorChange.PairedKeys;
        return new GgufRows(mapped.File, mapped.Source, rows, (int)columns, row => paired ? MappedTensor.PairedRow(row, rows / mapped.Heads) : first + row);
    }

    public void Dispose() => _files.Dispose();
}
