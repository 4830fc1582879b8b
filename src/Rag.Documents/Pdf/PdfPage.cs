namespace Rag.Documents;

/// <summary>The lines of a page, in the order in which the program gave them.</summary>
internal sealed class PdfPage
{
    public List<PdfLine> Lines { get; } = [];
}
