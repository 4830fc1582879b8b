namespace Rag.Documents;

/// <summary>Lines at one height of the page, from left to right (from right to left where they are read so): one for running text, several for the cells of a table.</summary>
internal sealed class PdfRow(List<string> cells, float left, float top, float right, float bottom, float size)
{
    public List<string> Cells { get; } = cells;

    public float Left { get; } = left;

    public float Top { get; } = top;

    public float Right { get; } = right;

    public float Bottom { get; } = bottom;

    public float Size { get; } = size;
}
