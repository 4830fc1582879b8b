using System.Numerics.Tensors;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Quantization;

namespace Rag.Models.Packing.Sources;

/// <summary>This library's own int8: a scale for each row.</summary>
internal sealed class ScaledRows(SafetensorsFolder weights, TensorInfo tensor, int rows, int columns) : MatrixReader(rows, columns)
{
    private readonly float[] _scales = weights.ReadSingles(QuantizedFormat.ScalesOf(tensor.Name));

    public override void Read(long first, Span<float> values)
    {
        weights.ReadSingles(tensor, first * Columns, values);
        for (int row = 0; row * Columns < values.Length; row++)
        {
            Span<float> one = values.Slice(row * Columns, Columns);
            TensorPrimitives.Multiply(one, _scales[first + row], one);
        }
    }
}
