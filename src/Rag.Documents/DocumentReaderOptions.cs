namespace Rag.Documents;

/// <summary>The options of all readers together.</summary>
public sealed class DocumentReaderOptions
{
    /// <summary>Options of <see cref="PlainTextReader"/>.</summary>
    public PlainTextReaderOptions Text { get; } = new();

    /// <summary>Options of <see cref="MarkdownReader"/>.</summary>
    public MarkdownReaderOptions Markdown { get; } = new();

    /// <summary>Options of <see cref="HtmlReader"/>.</summary>
    public HtmlReaderOptions Html { get; } = new();

    /// <summary>Options of <see cref="PdfReader"/>.</summary>
    public PdfReaderOptions Pdf { get; } = new();

    /// <summary>Options of <see cref="DocxReader"/>.</summary>
    public DocxReaderOptions Docx { get; } = new();

    /// <summary>Options of <see cref="JsonReader"/>.</summary>
    public JsonReaderOptions Json { get; } = new();

    /// <summary>Options of <see cref="CsvReader"/>.</summary>
    public CsvReaderOptions Csv { get; } = new();

    /// <summary>Checks the values of all of them.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        Text.Validate();
        Markdown.Validate();
        Html.Validate();
        Pdf.Validate();
        Docx.Validate();
        Json.Validate();
        Csv.Validate();
    }
}
