using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Packing.Sources;

/// <summary>Rows that are stored as floating-point numbers one after another.</summary>
internal sealed class FloatMatrix(SafetensorsFolder weights, TensorInfo tensor, long rows, int columns) : MatrixReader(rows, columns)
{
    public override void Read(long first, Span<float> values) => weights.ReadSingles(tensor, first * Columns, values);
}
