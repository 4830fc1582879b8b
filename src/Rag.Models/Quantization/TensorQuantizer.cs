using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Quantization;

/// <summary>Quantises one tensor after another and keeps what they became.</summary>
/// <param name="table">The name of the word embeddings, which alone become int4; null for none.</param>
/// <param name="watch">Told of every row.</param>
internal sealed class TensorQuantizer(string? table, QuantizationWatch watch)
{
    private readonly List<TensorContent> _contents = [];

    /// <summary>What was added, as it is stored.</summary>
    public IReadOnlyList<TensorContent> Contents => _contents;

    public int Int8Tensors { get; private set; }

    public int Int4Tensors { get; private set; }

    public int OtherTensors { get; private set; }

    public long SourceBytes { get; private set; }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">The name it gets.</param>
    /// <param name="weights">The folder that holds it.</param>
    /// <param name="tensor">Where it lies there.</param>
    /// <exception cref="CorruptException">A value is not finite.</exception>
    /// <exception cref="UnsupportedException">It is quantised already, or its values are too large for half-precision scales.</exception>
    public void Add(string name, SafetensorsFolder weights, TensorInfo tensor)
    {
        RefuseQuantized(weights, tensor);
        SourceBytes += tensor.Length;
        if (tensor.DataType is not (TensorDataType.Float32 or TensorDataType.Float16 or TensorDataType.BFloat16))
        {
            OtherTensors++;
            _contents.Add(new TensorContent(name, tensor.DataType, tensor.Shape, weights.ReadBytes(tensor)));
            watch.Advance(name, tensor.Length);
            return;
        }

        float[] values = weights.ReadSingles(tensor.Name);
        float most = Magnitude(values, tensor);
        if (tensor.Shape.Count != 2 || values.Length == 0)
        {
            OtherTensors++;
            _contents.Add(most <= (float)Half.MaxValue
                ? HalfBytes.Round(name, tensor.Shape, values)
                : new TensorContent(name, tensor.DataType, tensor.Shape, weights.ReadBytes(tensor)));
            watch.Advance(name, tensor.Length);
            return;
        }

        int columns = checked((int)tensor.Shape[1]);
        bool four = name == table && columns % QuantizedFormat.BlockSize == 0;
        (Int4Tensors, Int8Tensors) = four ? (Int4Tensors + 1, Int8Tensors) : (Int4Tensors, Int8Tensors + 1);
        long size = tensor.Length / values.Length;
        void Advanced(int count) => watch.Advance(name, count * size);
        _contents.AddRange(four ? Int4Blocks.Quantize(name, values, columns, Advanced) : Int8Rows.Quantize(name, values, columns, Advanced));
    }

    private static void RefuseQuantized(SafetensorsFolder weights, TensorInfo tensor)
    {
        if (weights.Find(QuantizedFormat.ScalesOf(tensor.Name)) is not null)
        {
            throw new UnsupportedException($"{tensor.FilePath}: '{tensor.Name}' is quantised already, {tensor.Describe()} with scales; start from the model in F32, F16 or BF16.", tensor.FilePath);
        }
    }

    // Half precision ends at 65,504: the scale of a row, or a value of a vector.
    private static float Magnitude(float[] values, TensorInfo tensor)
    {
        float most = 0;
        foreach (float value in values)
        {
            most = float.IsFinite(value)
                ? MathF.Max(most, MathF.Abs(value))
                : throw new CorruptException($"{tensor.FilePath}: '{tensor.Name}' holds a value that is not finite.", tensor.FilePath, tensor.Offset);
        }

        const float Largest = 65504f * 7;
        return most <= Largest || tensor.Shape.Count != 2
            ? most
            : throw new UnsupportedException($"{tensor.FilePath}: '{tensor.Name}' holds values up to {most:g3}; matrices are quantised up to {Largest:g3}.", tensor.FilePath);
    }
}
