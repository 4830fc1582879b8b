using Rag.Models.Networks;

namespace Rag.Models.Packing.Sources;

/// <summary>Some rows of a packed matrix that holds several; see <see cref="WeightRows"/>.</summary>
internal sealed class ChosenPackedRows(PackedRows whole, WeightRows part, string location)
    : PackedRows(whole.Form, whole.Rows / part.Units * part.Count, whole.Columns)
{
    private readonly RowRanges _ranges = new(part, whole.Rows, whole.Columns, location);

    public override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
    {
        int blocks = Form.Blocks(Columns);
        int zeroBytes = Form.Zeros ? Form.ZeroBytes(Columns) : 0;
        foreach ((long from, int run) in _ranges.Of(first, count))
        {
            (int bytes, int all, int zero) = (run * blocks * Form.BlockBytes, run * blocks, run * zeroBytes);
            whole.Pack(from, run, values[..bytes], scales[..all], zeros[..zero]);
            (values, scales, zeros) = (values[bytes..], scales[all..], zeros[zero..]);
        }
    }
}
