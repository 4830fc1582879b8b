namespace Rag.Models.Packing.Sources;

/// <summary>A matrix of GPTQ or AWQ as it is stored, its half bytes put into the order of the kernels.</summary>
/// <param name="matrix">The matrix, with groups of one size.</param>
/// <param name="groupSize">Inputs of a group: a power of two from 16 on.</param>
internal sealed class PackedWords(WordMatrix matrix, int groupSize) : PackedRows(new PackedForm(4, groupSize, HasZeros(matrix)), matrix.Rows, matrix.Columns)
{
    private const int Middle = 8;

    public override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
    {
        int blocks = Form.Blocks(Columns);
        Parallel.For(0, count, i =>
        {
            int row = (int)first + i;
            Span<byte> numbers = values.Span.Slice(i * blocks * Form.BlockBytes, Columns / 2);
            for (int pair = 0; pair < numbers.Length; pair++)
            {
                numbers[pair] = (byte)(matrix.Number(row, 2 * pair) | (matrix.Number(row, (2 * pair) + 1) << 4));
            }

            Span<byte> zero = Form.Zeros ? zeros.Span.Slice(i * Form.ZeroBytes(Columns), Form.ZeroBytes(Columns)) : [];
            zero.Clear();
            for (int block = 0; block < blocks; block++)
            {
                int at = (block * matrix.Rows) + row;
                scales.Span[(i * blocks) + block] = matrix.Scales[at];
                if (Form.Zeros)
                {
                    zero[block / 2] |= (byte)(matrix.Zeros[at] << (4 * (block % 2)));
                }
            }
        });
    }

    private static bool HasZeros(WordMatrix matrix) => Array.Exists(matrix.Zeros, zero => zero != Middle);
}
