using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;
using Rag.Models.Quantization;

namespace Rag.Models.Graphs;

/// <summary>Finds the weights of a network in a folder, and one perhaps in another's, and checks that they fit.</summary>
internal sealed class WeightSource
{
    private readonly SafetensorsFolder _weights;
    private readonly BorrowedTensor? _borrowed;

    /// <exception cref="UnsupportedException">The weights are quantised in a later layout.</exception>
    public WeightSource(SafetensorsFolder weights, BorrowedTensor? borrowed)
    {
        (_weights, _borrowed) = (weights, borrowed);
        QuantizedFormat.CheckVersion(weights);
        if (borrowed is not null)
        {
            QuantizedFormat.CheckVersion(borrowed.Weights);
        }
    }

    /// <summary>The weight as it is stored.</summary>
    /// <exception cref="IncompatibleException">It or its scales are missing or have another shape than the network needs.</exception>
    /// <exception cref="UnsupportedException">It is of a type that is no form of a weight.</exception>
    /// <exception cref="CorruptException">A scale is not finite.</exception>
    public StoredWeight Find(Weight weight)
    {
        StoredTensor values = Locate(weight);
        IReadOnlyList<long> shape = values.Tensor.Shape;
        bool packed = values.Tensor.DataType == TensorDataType.UInt8 && weight.Shape.Length == 2;
        if (!shape.SequenceEqual(packed ? [weight.Shape[0], weight.Shape[1] / 2] : weight.Shape))
        {
            string wanted = TensorInfo.DescribeShape(weight.Shape) + (packed ? ", half of it in its last dimension as two values share a byte" : "");
            throw new IncompatibleException(
                $"The model folder {values.Weights.FolderPath} holds the tensor '{values.Tensor.Name}' as {values.Tensor.Describe()}, but config.json asks for the shape {wanted}.", values.Weights.FolderPath);
        }

        if (packed)
        {
            return weight.Shape[1] % QuantizedFormat.BlockSize == 0
                ? new StoredWeight(WeightForm.Int4Blocks, values, Scales(values, weight.Shape[0], weight.Shape[1] / QuantizedFormat.BlockSize))
                : throw new IncompatibleException(
                    $"The model folder {values.Weights.FolderPath} holds the tensor '{values.Tensor.Name}' as {values.Tensor.Describe()}, two values to a byte, but rows of {weight.Shape[1]} values do not divide into blocks of {QuantizedFormat.BlockSize}.", values.Weights.FolderPath);
        }

        return values.Tensor.DataType switch
        {
            TensorDataType.Int8 when weight.Shape.Length == 2 => new StoredWeight(WeightForm.Int8Rows, values, Scales(values, weight.Shape[0])),
            TensorDataType.Float32 or TensorDataType.Float16 or TensorDataType.BFloat16 => new StoredWeight(WeightForm.Float, values),
            _ => throw new UnsupportedException(
                $"The model folder {values.Weights.FolderPath} holds the tensor '{values.Tensor.Name}' as {values.Tensor.Describe()}; F32, F16 and BF16 are supported, and matrices of I8 and U8 with scales.", values.Weights.FolderPath),
        };
    }

    private StoredTensor Locate(Weight weight)
    {
        if (_borrowed?.Name == weight.Name)
        {
            return new StoredTensor(weight.Name, _borrowed.Weights, _borrowed.Tensor, Borrowed: true);
        }

        TensorInfo tensor = _weights.Find(weight.Name) ?? throw new IncompatibleException(
            $"The model folder {_weights.FolderPath} lacks the tensor '{weight.Name}', which config.json asks for with the shape {TensorInfo.DescribeShape(weight.Shape)}.", _weights.FolderPath);
        return new StoredTensor(weight.Name, _weights, tensor, Borrowed: false);
    }

    private static StoredTensor Scales(StoredTensor values, params long[] shape)
    {
        (SafetensorsFolder weights, string name) = (values.Weights, QuantizedFormat.ScalesOf(values.Tensor.Name));
        TensorInfo scales = weights.Find(name) ?? throw new IncompatibleException(
            $"The model folder {weights.FolderPath} holds the tensor '{values.Tensor.Name}' as {values.Tensor.Describe()}, but lacks its scales, '{name}'.", weights.FolderPath);
        if (scales.DataType != TensorDataType.Float16 || !scales.Shape.SequenceEqual(shape))
        {
            throw new IncompatibleException(
                $"The model folder {weights.FolderPath} holds the scales '{name}' as {scales.Describe()}; '{values.Tensor.Name}' needs F16 {TensorInfo.DescribeShape(shape)}.", weights.FolderPath);
        }

        return HalfBytes.AreFinite(weights.ReadBytes(scales))
            ? new StoredTensor(QuantizedFormat.ScalesOf(values.Name), weights, scales, values.Borrowed)
            : throw new CorruptException($"{scales.FilePath}: the scales '{name}' hold a value that is not finite.", scales.FilePath, scales.Offset);
    }
}
