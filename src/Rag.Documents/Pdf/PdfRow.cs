namespace Rag.Documents;

/// <summary>Lines at one height of the page, in reading order: one cell for running text, several for a row of a table.</summary>
internal sealed record PdfRow(List<string> Cells, float Left, float Top, float Right, float Size);
