using System.Numerics.Tensors;
using Rag.Models.Packing.Sources;

namespace Rag.Models.Packing;

/// <summary>A matrix in single precision that is rounded as it is read, its rows in parallel.</summary>
/// <param name="source">The matrix.</param>
/// <param name="form">The form; with no zeros of its own.</param>
/// <param name="name">What errors call it.</param>
internal abstract class RoundedRows(MatrixReader source, PackedForm form, string name) : PackedRows(form, source.Rows, source.Columns)
{
    private float[] _values = [];

    public sealed override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
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

        Parallel.For(0, count, row => Round(row, _values.AsSpan(row * Columns, Columns), values.Span, scales.Span));
    }

    /// <summary>Rounds one row; several at the same time.</summary>
    /// <param name="row">Its number among those that are packed.</param>
    /// <param name="numbers">What it holds.</param>
    /// <param name="values">Receives the numbers of all rows.</param>
    /// <param name="scales">Receives the scales of all rows.</param>
    protected abstract void Round(int row, ReadOnlySpan<float> numbers, Span<byte> values, Span<float> scales);
}
