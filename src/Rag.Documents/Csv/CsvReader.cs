namespace Rag.Documents;

/// <summary>
/// Reads tables of separated values (<c>.csv</c>, <c>.tsv</c>): comma, semicolon, tab or bar, found from the content. The first
/// record names the columns when it reads as names (all given, all different, none a number or a date) and a record follows. Every
/// record is one <see cref="ElementKind.TableRow"/> in which each value follows its column's name, as in "Name: Widget; Price: 9.50"; without names the
/// values are parted by " | ". The names themselves are the first row.
/// </summary>
public sealed class CsvReader : IDocumentReader
{
    private readonly CsvReaderOptions _options;

    /// <summary>Creates the reader.</summary>
    /// <param name="options">Limits; the defaults where null.</param>
    public CsvReader(CsvReaderOptions? options = null)
    {
        _options = options ?? new CsvReaderOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Format => "CSV";

    /// <inheritdoc/>
    public string Fingerprint => "csv/1";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Extension(item) is ".csv" or ".tsv" or ".tab" && FileSignatures.FromBytes(head) is null;
    }

    /// <inheritdoc/>
    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        string text = TextDecoder.Decode(content.Span, item.Id).Text;
        var records = new CsvRecords(text, CsvDelimiter.Detect(text, Extension(item)), _options.MaxColumns);
        var builder = new DocumentBuilder(_options, item.Id);
        List<string>? first = records.Next();
        List<string>? second = first is null ? null : records.Next();
        List<string>? names = second is not null && TableRowText.LooksLikeHeader(first!) ? first : null;
        if (first is not null)
        {
            builder.Add(ElementKind.TableRow, 0, TableRowText.Unnamed(first));
        }

        for (List<string>? record = second; record is not null; record = records.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            builder.Add(ElementKind.TableRow, 0, names is null ? TableRowText.Unnamed(record) : TableRowText.Named(names, record));
        }

        return ValueTask.FromResult(builder.Build(item, contentHash, title: null));
    }

    private static string Extension(SourceItem item) => Path.GetExtension(item.Id).ToLowerInvariant();
}
