using System.Numerics.Tensors;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Packing;

/// <summary>A matrix in single precision that is quantised as it is read, its rows in parallel.</summary>
/// <param name="source">The matrix.</param>
/// <param name="form">The form; with no zeros of its own.</param>
/// <param name="name">What errors call it.</param>
internal sealed class QuantizedRows(MatrixReader source, PackedForm form, string name) : PackedRows(form, source.Rows, source.Columns)
{
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

        int blocks = Form.Blocks(Columns);
        Parallel.For(0, count, row => BlockQuantizer.Quantize(
            _values.AsSpan(row * Columns, Columns),
            Form,
            values.Span.Slice(row * blocks * Form.BlockBytes, blocks * Form.BlockBytes),
            scales.Span.Slice(row * blocks, blocks)));
    }
}
