using Rag.Models.Packing.Sources;

namespace Rag.Models.Packing;

/// <summary>A matrix in single precision that is quantised in blocks of a row as it is read.</summary>
/// <param name="source">The matrix.</param>
/// <param name="form">The form; with no zeros of its own.</param>
/// <param name="name">What errors call it.</param>
internal sealed class QuantizedRows(MatrixReader source, PackedForm form, string name) : RoundedRows(source, form, name)
{
    protected override void Round(int row, ReadOnlySpan<float> numbers, Span<byte> values, Span<float> scales)
    {
        int blocks = Form.Blocks(Columns);
        BlockQuantizer.Quantize(numbers, Form, values.Slice(row * blocks * Form.BlockBytes, blocks * Form.BlockBytes), scales.Slice(row * blocks, blocks));
    }
}
