using Rag.Models.Networks;

namespace Rag.Models.Packing.Sources;

/// <summary>Some rows of a matrix that holds several; see <see cref="WeightRows"/>.</summary>
internal sealed class ChosenRows : MatrixReader
{
    private readonly MatrixReader _whole;
    private readonly long _unit;
    private readonly WeightRows _part;

    /// <exception cref="IncompatibleException">The groups and units do not divide the rows.</exception>
    public ChosenRows(MatrixReader whole, WeightRows part, string location)
        : base(whole.Rows / part.Units * part.Count, whole.Columns)
    {
        long parts = (long)part.Groups * part.Units;
        if (part.RowSize != whole.Columns || whole.Rows % parts != 0)
        {
            throw new IncompatibleException($"{location}: {whole.Rows} rows of {whole.Columns} do not divide into {part.Groups} groups of {part.Units} parts.", location);
        }

        (_whole, _unit, _part) = (whole, whole.Rows / parts, part);
    }

    public override void Read(long first, Span<float> values)
    {
        long taken = _unit * _part.Count;
        for (int done = 0; done < values.Length / Columns;)
        {
            (long group, long within) = Math.DivRem(first + done, taken);
            int count = (int)Math.Min(taken - within, (values.Length / Columns) - done);
            long from = (((group * _part.Units) + _part.Start) * _unit) + within;
            _whole.Read(from, values.Slice(done * Columns, count * Columns));
            done += count;
        }
    }
}
