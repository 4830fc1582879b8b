namespace Rag.Models.Packing.Sources;

/// <summary>Rows of two matrices of one shape in turn.</summary>
internal sealed class AlternatingRows(MatrixReader even, MatrixReader odd) : MatrixReader(even.Rows + odd.Rows, even.Columns)
{
    public override void Read(long first, Span<float> values)
    {
        for (int row = 0; row * Columns < values.Length; row++)
        {
            long at = first + row;
            (at % 2 == 0 ? even : odd).Read(at / 2, values.Slice(row * Columns, Columns));
        }
    }
}
