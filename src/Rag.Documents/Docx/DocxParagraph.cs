using System.Text;

namespace Rag.Documents;

/// <summary>A paragraph while it is being read.</summary>
internal sealed class DocxParagraph
{
    public StringBuilder Text { get; } = new();

    public string? StyleId { get; set; }

    public int? OutlineLevel { get; set; }

    public int? NumberingId { get; set; }

    public int? NumberingLevel { get; set; }

    /// <summary>Paragraphs of text boxes anchored in this one, which follow it.</summary>
    public List<DocxParagraph> Boxed { get; } = [];
}
