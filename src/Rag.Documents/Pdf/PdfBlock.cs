namespace Rag.Documents;

/// <summary>A paragraph or a row of a table on a page; its lines are joined when the whole document is known.</summary>
internal sealed class PdfBlock(ElementKind kind, float size, List<string> lines)
{
    public ElementKind Kind { get; } = kind;

    public float Size { get; } = size;

    public List<string> Lines { get; } = lines;
}
