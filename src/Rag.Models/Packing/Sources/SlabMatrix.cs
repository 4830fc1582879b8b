namespace Rag.Models.Packing.Sources;

/// <summary>
/// Rows that can only be had many at once, as those of a matrix that is stored turned: one slab at a time is held in memory.
/// </summary>
/// <param name="slabs">How many there are.</param>
/// <param name="slabRows">Rows of each.</param>
/// <param name="columns">Their width.</param>
/// <param name="make">Makes the slab of a number, row major.</param>
internal sealed class SlabMatrix(long slabs, int slabRows, int columns, Func<long, float[]> make) : MatrixReader(slabs * slabRows, columns)
{
    private float[] _slab = [];
    private long _held = -1;

    public override void Read(long first, Span<float> values)
    {
        for (int done = 0; done < values.Length / Columns;)
        {
            (long slab, long row) = Math.DivRem(first + done, slabRows);
            if (slab != _held)
            {
                (_slab, _held) = ([], -1);
                (_slab, _held) = (make(slab), slab);
            }

            int count = Math.Min(slabRows - (int)row, (values.Length / Columns) - done);
            _slab.AsSpan((int)row * Columns, count * Columns).CopyTo(values[(done * Columns)..]);
            done += count;
        }
    }
}
