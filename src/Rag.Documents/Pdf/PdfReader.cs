using System.Globalization;

namespace Rag.Documents;

/// <summary>
/// Reads PDF with poppler's <c>pdftotext -bbox-layout</c>, in a process of its own with limits on time, memory and output. Words come
/// with their places; columns, paragraphs, table rows and headings (by size) are made out from these. Paragraphs never go over a page, so that every range
/// has its page; words parted at a line's end are joined. Running headers stay. A page on which the program breaks down is empty and the others are
/// read. Where the program is missing, a file that is encrypted or holds no text is an <see cref="UnsupportedException"/> that says what would help.
/// </summary>
public sealed class PdfReader : IDocumentReader
{
    // What programs write where nobody gave a title.
    private static readonly HashSet<string> NoTitles = new(StringComparer.OrdinalIgnoreCase) { "untitled", "(anonymous)", "no title", "PowerPoint Presentation" };
    private readonly PdfReaderOptions _options;

    /// <summary>Creates the reader; the program is looked for when the first file is read.</summary>
    /// <param name="options">Limits; the defaults where null.</param>
    public PdfReader(PdfReaderOptions? options = null)
    {
        _options = options ?? new PdfReaderOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Format => "PDF";

    /// <inheritdoc/>
    public string Fingerprint => "pdf-pdftotext/1";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(item);
        return FileSignatures.IsPdf(head)
            || (Path.GetExtension(item.Id).Equals(".pdf", StringComparison.OrdinalIgnoreCase) && !FileSignatures.IsWord(head));
    }

    /// <inheritdoc/>
    public async ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        if (content.Span[..Math.Min(content.Length, 1024)].IndexOf("%PDF-"u8) < 0)
        {
            string what = content.IsEmpty ? "it is empty" : FileSignatures.FromBytes(content.Span) is { } other ? $"it is {other.Name}" : "it does not begin with %PDF";
            throw new CorruptException($"{item.Id} is not a PDF file: {what}.", item.Id, 0);
        }

        string program = PdfToText.Find(_options.ProgramPath) ?? throw new UnsupportedException(
            $"{item.Id} cannot be read because the program {_options.ProgramPath} is not installed. Install poppler (Debian and Ubuntu: apt-get install poppler-utils; macOS: brew install poppler; Windows: put poppler's bin folder on PATH), or use the PdfPig connector.",
            item.Id);
        var text = new PdfTextBuilder(_options, item.Id);
        string? title = await ReadPagesAsync(new PdfToText(program, _options, item.Id), text, content, item.Id, cancellationToken).ConfigureAwait(false);
        Document document = text.Build(item, contentHash, title, cancellationToken);
        return document.Text.Length > 0 ? document : throw new UnsupportedException(
            $"{item.Id} holds no text: its {document.Pages.Count.ToString(CultureInfo.InvariantCulture)} page(s) are scanned images or empty. Run text recognition over it first (such as ocrmypdf).",
            item.Id);
    }

    private async Task<string?> ReadPagesAsync(PdfToText program, PdfTextBuilder text, ReadOnlyMemory<byte> content, string id, CancellationToken cancellationToken)
    {
        string? title = null;
        for (int failed = 0; ; failed++)
        {
            PdfToTextResult result = await program.RunAsync(content, text.PageCount + 1, text.AddPage, cancellationToken).ConfigureAwait(false);
            title ??= result.Title is null || NoTitles.Contains(result.Title.Trim()) ? null : result.Title;
            if (result.ExitCode == 0 && text.PageCount == 0)
            {
                throw new CorruptException($"{id} is a PDF file without any page.", id);
            }

            if (result.ExitCode == 0 || (failed > 0 && result.IsPastLastPage))
            {
                return title;
            }

            if (result.ExitCode == 3 || result.Errors.Contains("ncorrect password", StringComparison.Ordinal))
            {
                throw new UnsupportedException($"{id} is encrypted, or does not allow its text to be read; save it without a password.", id);
            }

            if (text.PageCount == 0 || failed >= _options.MaxFailedPages)
            {
                throw new CorruptException($"{id} is damaged and cannot be read as PDF: {result.FirstError}", id);
            }

            // The program broke down on the page after the last whole one: it stays empty, and reading goes on behind it.
            text.AddPage(new PdfPage());
        }
    }
}
