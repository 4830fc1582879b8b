namespace Rag.Documents;

/// <summary>
/// Reads Markdown (<c>.md</c>, <c>.markdown</c>). <see cref="Document.Text"/> is the decoded file unchanged but for a byte order
/// mark; elements are the ranges of headings, paragraphs, list items, table rows and code as they stand in the source, markers
/// included. Front matter, HTML comments, thematic breaks and the line of dashes under a table's head belong to no element. The
/// title is the front matter's, else the first heading of rank 1.
/// </summary>
/// <remarks>
/// Front matter (YAML between two lines of dashes at the very beginning) gives <see cref="Document.Metadata"/>: texts, whole and
/// real numbers, true and false, dates and moments (UTC where no offset is named), and flat lists as sets of texts, in brackets
/// on one line or as lines of dashes. A number with zeros before it is a text. Left out, without a word: what nests or spans
/// lines, anchors and tags, what is behind its first 64 Ki characters or the 64th name, values that metadata cannot hold, a name's
/// second value, and the names that documents have of their own. So nothing that a document says of itself says who may read it.
/// </remarks>
public sealed class MarkdownReader : IDocumentReader
{
    private readonly MarkdownReaderOptions _options;

    /// <summary>Creates the reader.</summary>
    /// <param name="options">Limits; the defaults where null.</param>
    public MarkdownReader(MarkdownReaderOptions? options = null)
    {
        _options = options ?? new MarkdownReaderOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Format => "Markdown";

    /// <inheritdoc/>
    public string Fingerprint => "markdown/2";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Path.GetExtension(item.Id).ToLowerInvariant() is ".md" or ".markdown" or ".mdown" or ".mkd" && FileSignatures.FromBytes(head) is null;
    }

    /// <inheritdoc/>
    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        string text = TextDecoder.Decode(content.Span, item.Id).Text;
        if (text.Length > _options.MaxTextCharacters)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxTextCharacters), _options.MaxTextCharacters, text.Length, item.Id);
        }

        var scanner = new MarkdownScanner(text, _options.MaxElements, item.Id);
        scanner.Scan(cancellationToken);
        return ValueTask.FromResult(new Document
        {
            Id = item.Id,
            Text = text,
            ContentHash = contentHash,
            Title = scanner.Title,
            Metadata = scanner.Metadata,
            Elements = scanner.Elements,
        });
    }
}
