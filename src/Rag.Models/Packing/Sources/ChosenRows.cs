using Rag.Models.Networks;

namespace Rag.Models.Packing.Sources;

/// <summary>Some rows of a matrix that holds several; see <see cref="WeightRows"/>.</summary>
internal sealed class ChosenRows(MatrixReader whole, WeightRows part, string location)
    : MatrixReader(whole.Rows / part.Units * part.Count, whole.Columns)
{
    private readonly RowRanges _ranges = new(part, whole.Rows, whole.Columns, location);

    public override void Read(long first, Span<float> values)
    {
        foreach ((long from, int count) in _ranges.Of(first, values.Length / Columns))
        {
            whole.Read(from, values[..(count * Columns)]);
            values = values[(count * Columns)..];
        }
    }
}
