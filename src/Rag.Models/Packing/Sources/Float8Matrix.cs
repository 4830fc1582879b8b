using System.Numerics.Tensors;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Packing.Sources;

/// <summary>8-bit floats with a factor for each square of 128 rows and columns; squares at the end may be cut off.</summary>
internal sealed class Float8Matrix(SafetensorsFolder weights, TensorInfo tensor, TensorInfo scales, int rows, int columns) : MatrixReader(rows, columns)
{
    private const int Square = 128;
    private readonly float[] _scales = weights.ReadSingles(scales.Name);

    public override void Read(long first, Span<float> values)
    {
        weights.ReadSingles(tensor, first * Columns, values);
        int across = (Columns + Square - 1) / Square;
        for (int row = 0; row * Columns < values.Length; row++)
        {
            long down = (first + row) / Square;
            for (int square = 0; square < across; square++)
            {
                Span<float> part = values.Slice((row * Columns) + (square * Square), Math.Min(Square, Columns - (square * Square)));
                TensorPrimitives.Multiply(part, _scales[(down * across) + square], part);
            }
        }
    }
}
