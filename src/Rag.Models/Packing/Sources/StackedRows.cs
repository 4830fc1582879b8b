namespace Rag.Models.Packing.Sources;

/// <summary>Matrices of one width one under another.</summary>
internal sealed class StackedRows(IReadOnlyList<MatrixReader> parts) : MatrixReader(parts.Sum(part => part.Rows), parts[0].Columns)
{
    public override void Read(long first, Span<float> values)
    {
        foreach (MatrixReader part in parts)
        {
            if (first < part.Rows)
            {
                int count = (int)Math.Min(part.Rows - first, values.Length / Columns);
                part.Read(first, values[..(count * Columns)]);
                values = values[(count * Columns)..];
                first = 0;
            }
            else
            {
                first -= part.Rows;
            }

            if (values.IsEmpty)
            {
                return;
            }
        }
    }
}
