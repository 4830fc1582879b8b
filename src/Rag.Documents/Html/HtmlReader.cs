namespace Rag.Documents;

/// <summary>
/// Reads HTML and XHTML (<c>.html</c>, <c>.htm</c>, <c>.xhtml</c>) as the text that a person sees: headings, paragraphs, list items,
/// table rows with the names of their columns, code. Scripts, styles, templates, forms' controls, comments, alternative texts and whatever is hidden
/// (<c>hidden</c>, <c>display:none</c>, <c>visibility:hidden</c>, <c>aria-hidden</c>) are left out, and so is navigation. Only the tags are read, no tree is
/// built, nothing is run or loaded: time and memory are linear in the page however it nests.
/// </summary>
public sealed class HtmlReader : IDocumentReader
{
    private readonly HtmlReaderOptions _options;

    /// <summary>Creates the reader.</summary>
    /// <param name="options">Limits and choices; the defaults where null.</param>
    public HtmlReader(HtmlReaderOptions? options = null)
    {
        _options = options ?? new HtmlReaderOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Format => "HTML";

    /// <inheritdoc/>
    public string Fingerprint => "html/1";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Path.GetExtension(item.Id).ToLowerInvariant() is ".html" or ".htm" or ".xhtml" or ".xht" && FileSignatures.FromBytes(head) is null;
    }

    /// <inheritdoc/>
    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        string html = TextDecoder.Decode(content.Span, item.Id, HtmlCharset.Declared(content.Span)).Text;
        if (html.Length > _options.MaxPageCharacters)
        {
            throw new LimitExceededException(nameof(HtmlReaderOptions.MaxPageCharacters), _options.MaxPageCharacters, html.Length, item.Id);
        }

        Document document = Read(html, item, contentHash, _options.IncludeNavigation, cancellationToken);
        if (document.Text.Length == 0 && !_options.IncludeNavigation)
        {
            document = Read(html, item, contentHash, navigation: true, cancellationToken);
        }

        return ValueTask.FromResult(document);
    }

    private Document Read(string html, SourceItem item, string contentHash, bool navigation, CancellationToken cancellationToken)
    {
        bool xml = Path.GetExtension(item.Id).ToLowerInvariant() is ".xhtml" or ".xht" || html.AsSpan().TrimStart().StartsWith("<?xml");
        var builder = new DocumentBuilder(_options, item.Id);
        var text = new HtmlTextExtractor(new StructureWriter(builder, _options, item.Id), _options, item.Id, navigation, xml);
        HtmlTokens.Feed(html, text, xml, cancellationToken);
        return builder.Build(item, contentHash, text.Title);
    }
}
