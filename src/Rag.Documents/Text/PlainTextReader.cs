namespace Rag.Documents;

/// <summary>
/// Reads plain text: <c>.txt</c>, and anything else whose bytes are text and whose name says no other format, such as logs and
/// program source. <see cref="Document.Text"/> is the decoded file unchanged but for a byte order mark; the only elements are
/// underlined headings, and how the rest is structured is for a chunker to guess.
/// </summary>
public sealed class PlainTextReader : IDocumentReader
{
    private readonly PlainTextReaderOptions _options;

    /// <summary>Creates the reader.</summary>
    /// <param name="options">Limits; the defaults where null.</param>
    public PlainTextReader(PlainTextReaderOptions? options = null)
    {
        _options = options ?? new PlainTextReaderOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Format => "plain text";

    /// <inheritdoc/>
    public string Fingerprint => "text/2";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (FileSignatures.FromBytes(head) is not null)
        {
            return false;
        }

        string extension = Path.GetExtension(item.Id).ToLowerInvariant();
        return extension is ".txt" or ".text" or ".log"
            || (FileSignatures.FromExtension(extension) is null && TextDecoder.MayBeText(head));
    }

    /// <inheritdoc/>
    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        DecodedText decoded = TextDecoder.Decode(content.Span, item.Id);
        if (decoded.Text.Length > _options.MaxTextCharacters)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxTextCharacters), _options.MaxTextCharacters, decoded.Text.Length, item.Id);
        }

        return ValueTask.FromResult(new Document { Id = item.Id, Text = decoded.Text, ContentHash = contentHash, Elements = UnderlinedHeadings.Find(decoded.Text) });
    }
}
