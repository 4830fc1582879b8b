using System.Numerics.Tensors;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Packing;

/// <summary>A matrix in single precision whose rows are rounded to eight bits with a sign and one scale each, max|value| / steps, as it is read.</summary>
/// <param name="source">The matrix.</param>
/// <param name="steps">The greatest whole number.</param>
/// <param name="name">What errors call it.</param>
internal sealed class WholeRows(MatrixReader source, int steps, string name) : PackedRows(PackedForm.Int8Rows(source.Columns), source.Rows, source.Columns)
{
    // The least normal number: below it a reciprocal may be infinite.
    private const float LeastScale = 1.17549435e-38f;
    private float[] _values = [];

    public override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
    {
        int length = count * Columns;
        if (_values.Length < length)
        {
            _values = new float[length];
        }

        source.Read(first, _values.AsSpan(0, length));
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(_values.AsSpan(0, length))))
        {
            throw new CorruptException($"'{name}' holds a value that is not finite.", name);
        }

        Parallel.For(0, count, row => scales.Span[row] = Round(_values.AsSpan(row * Columns, Columns), values.Span.Slice(row * Columns, Columns)));
    }

    private float Round(ReadOnlySpan<float> row, Span<byte> numbers)
    {
        float scale = Math.Abs(TensorPrimitives.MaxMagnitude(row)) / steps;
        float inverse = scale < LeastScale ? 0 : 1 / scale;
        for (int i = 0; i < row.Length; i++)
        {
            numbers[i] = (byte)(sbyte)Math.Clamp(MathF.Round(row[i] * inverse), -steps, steps);
        }

        return scale;
    }
}
