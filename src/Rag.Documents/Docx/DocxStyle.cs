namespace Rag.Documents;

/// <summary>What a paragraph style says that matters to text.</summary>
internal sealed class DocxStyle
{
    public string Name { get; set; } = "";

    public string? BasedOn { get; set; }

    public int? OutlineLevel { get; set; }

    public int? NumberingId { get; set; }

    public int NumberingLevel { get; set; }
}
