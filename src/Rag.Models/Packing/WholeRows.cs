using System.Numerics.Tensors;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Packing;

/// <summary>A matrix in single precision whose rows are rounded to eight bits with a sign and one scale each, max|value| / steps, as it is read.</summary>
/// <param name="source">The matrix.</param>
/// <param name="steps">The greatest whole number.</param>
/// <param name="name">What errors call it.</param>
internal sealed class WholeRows(MatrixReader source, int steps, string name) : RoundedRows(source, PackedForm.Int8Rows(source.Columns), name)
{
    // The least normal number: below it a reciprocal may be infinite.
    private const float LeastScale = 1.17549435e-38f;

    protected override void Round(int row, ReadOnlySpan<float> numbers, Span<byte> values, Span<float> scales)
    {
        float scale = Math.Abs(TensorPrimitives.MaxMagnitude(numbers)) / steps;
        float inverse = scale < LeastScale ? 0 : 1 / scale;
        Span<byte> rounded = values.Slice(row * Columns, Columns);
        for (int i = 0; i < numbers.Length; i++)
        {
            rounded[i] = (byte)(sbyte)Math.Clamp(MathF.Round(numbers[i] * inverse), -steps, steps);
        }

        scales[row] = scale;
    }
}
