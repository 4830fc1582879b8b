namespace Rag.Models.Packing.Sources;

/// <summary>Packed matrices of one width and form one under another, with row i of the second ones behind row i of the first where there are any.</summary>
internal sealed class StackedPackedRows(IReadOnlyList<PackedRows> first, IReadOnlyList<PackedRows> second)
    : PackedRows(first[0].Form, first.Sum(part => part.Rows) + second.Sum(part => part.Rows), first[0].Columns)
{
    public override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
    {
        int blocks = Form.Blocks(Columns);
        int bytes = blocks * Form.BlockBytes;
        int zeroBytes = Form.Zeros ? Form.ZeroBytes(Columns) : 0;
        for (int i = 0; i < count; i++)
        {
            (PackedRows part, long row) = Find(first + i);
            part.Pack(row, 1, values.Slice(i * bytes, bytes), scales.Slice(i * blocks, blocks), zeros.Slice(i * zeroBytes, zeroBytes));
        }
    }

    private (PackedRows Part, long Row) Find(long row)
    {
        IReadOnlyList<PackedRows> parts = first;
        if (second.Count > 0)
        {
            (parts, row) = (row % 2 == 0 ? first : second, row / 2);
        }

        int at = 0;
        while (row >= parts[at].Rows)
        {
            row -= parts[at++].Rows;
        }

        return (parts[at], row);
    }
}
