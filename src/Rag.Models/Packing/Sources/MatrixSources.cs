using System.Numerics;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Graphs;
using Rag.Models.Networks;

namespace Rag.Models.Packing.Sources;

/// <summary>Finds the matrices of a checkpoint, whatever they are stored as.</summary>
internal sealed class MatrixSources(SafetensorsFolder weights, WeightStorage storage)
{
    private const int LeastBlock = 16;
    private const int MostBlock = 256;
    private readonly WeightSource _source = new(weights, null);

    /// <summary>The matrix [outputs, inputs] in single precision.</summary>
    /// <exception cref="IncompatibleException">It is missing or has another shape than the network needs.</exception>
    /// <exception cref="UnsupportedException">It is of a type that is no form of a weight.</exception>
    public MatrixReader Open(Weight weight)
    {
        MatrixReader whole = weight.Transposed && Float4(weight) is { } turned ? turned : Turned(weight);
        return weight.Rows is { } rows ? new ChosenRows(whole, rows, weights.FolderPath) : whole;
    }

    /// <summary>Matrices one under another, with row i of the second ones behind row i of the first where there are any.</summary>
    public MatrixReader Open(IReadOnlyList<Weight> first, IReadOnlyList<Weight> second)
    {
        StackedRows upper = new([.. first.Select(Open)]);
        return second.Count == 0 ? upper : new AlternatingRows(upper, new StackedRows([.. second.Select(Open)]));
    }

    /// <summary>The matrix as it is stored, where that is a packed form that kernels take; else null.</summary>
    public PackedRows? OpenPacked(Weight weight)
    {
        PackedRows? whole = weight.Shape.Length == 2 ? OpenPackedWhole(weight) : null;
        return whole is not null && weight.Rows is { } part ? new ChosenPackedRows(whole, part, weights.FolderPath) : whole;
    }

    /// <summary>Matrices one under another as they are stored, where all are of one packed form without zeros; else null.</summary>
    public PackedRows? OpenPacked(IReadOnlyList<Weight> first, IReadOnlyList<Weight> second)
    {
        List<PackedRows> parts = [];
        foreach (Weight weight in first.Concat(second))
        {
            if (OpenPacked(weight) is not { Form.Zeros: false } part || part.Form != (parts.Count == 0 ? part : parts[0]).Form)
            {
                return null;
            }

            parts.Add(part);
        }

        return new StackedPackedRows(parts[..first.Count], parts[first.Count..]);
    }

    private PackedRows? OpenPackedWhole(Weight weight)
    {
        (int rows, int columns) = (checked((int)weight.Shape[0]), checked((int)weight.Shape[1]));
        if (weights.Find(weight.Name) is { } tensor && tensor.Shape.SequenceEqual(weight.Shape) && weights.OpenPacked(tensor, weight.Transposed) is { } stored)
        {
            return stored;
        }

        if (weight.Transposed)
        {
            return null;
        }

        if (Words(weight) is { } words)
        {
            return words.GroupSize is { } size && BitOperations.IsPow2(size) && size is >= LeastBlock and <= MostBlock && !Array.Exists(words.Zeros, zero => zero > 15)
                ? new PackedWords(words, size)
                : null;
        }

        return storage == WeightStorage.Plain && _source.Find(weight) is { Form: WeightForm.Int8Rows } own
            ? new PackedScaledRows(weights, own.Values.Tensor, rows, columns)
            : null;
    }

    private MatrixReader Turned(Weight weight)
    {
        MatrixReader stored = Stored(weight with { Transposed = false, Rows = null });
        return weight.Transposed ? TurnedSlabs.Of(stored, checked((int)weight.Shape[^2])) : stored;
    }

    private MatrixReader Stored(Weight weight)
    {
        int columns = checked((int)weight.Shape[^1]);
        long rows = weight.Shape[..^1].Aggregate(1L, (product, dimension) => checked(product * dimension));
        if (Words(weight) is { } words)
        {
            return new SlabMatrix(1, words.Rows, words.Columns, _ => words.ToSingles());
        }

        if (Float4(weight) is { } turned)
        {
            return TurnedSlabs.Of(turned, columns);
        }

        if (storage == WeightStorage.Float8Blocks && weights.Find(weight.Name) is { DataType: TensorDataType.Float8E4M3 } eight && weight.Shape.Length == 2)
        {
            return Float8(weight, eight, (int)rows, columns);
        }

        StoredWeight stored = _source.Find(weight);
        return stored.Form switch
        {
            WeightForm.Float => new FloatMatrix(weights, stored.Values.Tensor, rows, columns),
            WeightForm.Int8Rows => new ScaledRows(weights, stored.Values.Tensor, (int)rows, columns),
            _ => throw new UnsupportedException(
                $"The model folder {weights.FolderPath} holds the tensor '{weight.Name}' as {stored.Values.Tensor.Describe()}, two values to a byte; that is supported for word embeddings alone.", weights.FolderPath),
        };
    }

    private Float8Matrix Float8(Weight weight, TensorInfo tensor, int rows, int columns)
    {
        TensorInfo scales = weights.Find(weight.Name + "_scale_inv") ?? throw new IncompatibleException(
            $"The model folder {weights.FolderPath} lacks the tensor '{weight.Name}_scale_inv', which its way of storing weights needs.", weights.FolderPath);
        return tensor.Shape.SequenceEqual(weight.Shape) && scales.Shape.SequenceEqual([(rows + 127L) / 128, (columns + 127L) / 128])
            ? new Float8Matrix(weights, tensor, scales, rows, columns)
            : throw new IncompatibleException(
                $"The model folder {weights.FolderPath} holds the tensor '{weight.Name}' as {tensor.Describe()} with scales {scales.Describe()}, but config.json asks for the shape {TensorInfo.DescribeShape(weight.Shape)}.", weights.FolderPath);
    }

    // Rows are the outputs, of which the weight as it is seen has its last dimension.
    private Float4Matrix? Float4(Weight weight)
    {
        if (storage != WeightStorage.MicroscalingFloat4 || weight.Shape is not [var count, var inputs, var outputs] ||
            weights.Find(weight.Name + "_blocks") is not { } blocks || weights.Find(weight.Name + "_scales") is not { } scales)
        {
            return null;
        }

        return blocks.Shape.SequenceEqual([count, outputs, inputs / 32, 16]) && scales.Shape.SequenceEqual([count, outputs, inputs / 32])
            && blocks.DataType == TensorDataType.UInt8 && scales.DataType == TensorDataType.UInt8 && inputs % 32 == 0
            ? new Float4Matrix(weights, blocks, scales, checked(count * outputs), checked((int)inputs))
            : throw new IncompatibleException(
                $"The model folder {weights.FolderPath} holds '{blocks.Name}' as {blocks.Describe()} and '{scales.Name}' as {scales.Describe()}, which do not fit config.json's shape {TensorInfo.DescribeShape(weight.Shape)}.", weights.FolderPath);
    }

    private WordMatrix? Words(Weight weight)
    {
        if (storage is not (WeightStorage.Gptq or WeightStorage.Awq) || weight.Shape.Length != 2 ||
            !weight.Name.EndsWith(".weight", StringComparison.Ordinal) || weights.Find(weight.Name[..^6] + "qweight") is null)
        {
            return null;
        }

        (int rows, int columns) = (checked((int)weight.Shape[0]), checked((int)weight.Shape[1]));
        return storage == WeightStorage.Gptq
            ? WordMatrices.Gptq(weights, weight.Name[..^6], rows, columns)
            : WordMatrices.Awq(weights, weight.Name[..^6], rows, columns);
    }
}
