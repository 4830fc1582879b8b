namespace Rag.Documents;

/// <summary>The readers of this package, in the order in which they are to be asked.</summary>
public static class DocumentReaders
{
    /// <summary>
    /// All readers: the first whose <see cref="IDocumentReader.CanRead"/> is true reads a file. Formats that their first bytes tell
    /// come first, so that a Word document named <c>.txt</c> is read as what it is; then those that the extension tells; then plain
    /// text; then one that takes whatever is left and says what it seems to be.
    /// </summary>
    /// <param name="options">Limits and choices; the defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IReadOnlyList<IDocumentReader> CreateDefault(DocumentReaderOptions? options = null)
    {
        options ??= new DocumentReaderOptions();
        options.Validate();
        return
        [
            new DocxReader(options.Docx),
            new PdfReader(options.Pdf),
            new HtmlReader(options.Html),
            new MarkdownReader(options.Markdown),
            new JsonReader(options.Json),
            new CsvReader(options.Csv),
            new PlainTextReader(options.Text),
            new UnreadableFileReader(),
        ];
    }
}
