using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Packing;

/// <summary>A matrix whose values are rounded to half precision as it is read.</summary>
/// <param name="source">The matrix.</param>
/// <param name="name">What errors call it.</param>
internal sealed class HalfRows(MatrixReader source, string name) : PackedRows(PackedForm.Half(source.Columns), source.Rows, source.Columns)
{
    private float[] _values = [];

    public override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
    {
        int length = count * Columns;
        if (_values.Length < length)
        {
            _values = new float[length];
        }

        Span<float> read = _values.AsSpan(0, length);
        source.Read(first, read);
        float most = Math.Abs(TensorPrimitives.MaxMagnitude<float>(read));
        if (!float.IsFinite(most))
        {
            throw new CorruptException($"'{name}' holds a value that is not finite.", name);
        }

        if (most > (float)Half.MaxValue)
        {
            throw new UnsupportedException($"'{name}' holds values up to {most}, and half precision ends at {Half.MaxValue}; run the model in int8 or f32.", name);
        }

        TensorPrimitives.ConvertToHalf(read, MemoryMarshal.Cast<byte, Half>(values.Span));
    }
}
