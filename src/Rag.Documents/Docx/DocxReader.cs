namespace Rag.Documents;

/// <summary>
/// Reads Word documents (<c>.docx</c>, <c>.docm</c>, <c>.dotx</c>; ECMA-376 transitional and strict, and any archive that holds one): headings by
/// their styles or outline level, paragraphs, list items with their numbers, table rows with the names of their columns, text boxes
/// once, footnotes and endnotes at the end. Insertions count, tracked deletions, hidden runs, field codes and comments do not; page
/// headers and footers are left out. Parts are read as streams with every limit counted while they inflate.
/// </summary>
public sealed class DocxReader : IDocumentReader
{
    private readonly DocxReaderOptions _options;

    /// <summary>Creates the reader.</summary>
    /// <param name="options">Limits; the defaults where null.</param>
    public DocxReader(DocxReaderOptions? options = null)
    {
        _options = options ?? new DocxReaderOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Format => "Word document";

    /// <inheritdoc/>
    public string Fingerprint => "docx/1";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(item);
        return FileSignatures.IsWord(head)
            || (Path.GetExtension(item.Id).ToLowerInvariant() is ".docx" or ".docm" or ".dotx" or ".dotm" && !FileSignatures.IsPdf(head));
    }

    /// <inheritdoc/>
    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        CheckKind(content.Span, item.Id);
        var package = new DocxPackage(content, _options, item.Id, cancellationToken);
        var builder = new DocumentBuilder(_options, item.Id);
        var body = new DocxBodyReader(package, DocxStyles.Read(package), DocxNumbering.Read(package), new StructureWriter(builder, _options, item.Id), _options);
        body.Read(package.MainPart);
        foreach (string notes in package.Related("footnotes").Concat(package.Related("endnotes")))
        {
            body.Read(notes);
        }

        return ValueTask.FromResult(builder.Build(item, contentHash, package.ReadTitle() ?? body.Title));
    }

    private static void CheckKind(ReadOnlySpan<byte> content, string id)
    {
        if (content.StartsWith(FileSignatures.CompoundFile))
        {
            throw new UnsupportedException($"{id} is encrypted, or a Word document of the older kind (.doc); save it as .docx without a password.", id);
        }

        if (!content.StartsWith(FileSignatures.Zip))
        {
            string what = content.IsEmpty ? "it is empty" : FileSignatures.FromBytes(content) is { } other ? $"it is {other.Name}" : "it is not a zip archive";
            throw new CorruptException($"{id} is not a Word document: {what}.", id, 0);
        }
    }
}
