namespace Rag.Documents;

/// <summary>
/// Reads Markdown (<c>.md</c>, <c>.markdown</c>). <see cref="Document.Text"/> is the decoded file unchanged but for a byte order
/// mark; elements are the ranges of headings, paragraphs, list items, table rows and code as they stand in the source, markers
/// included. Front matter, HTML comments, thematic breaks and the line of dashes under a table's head belong to no element. The
/// title is the front matter's, else the first heading of rank 1.
/// </summary>
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
    public string Fingerprint => "markdown/1";

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
            Elements = scanner.Elements,
        });
    }
}
