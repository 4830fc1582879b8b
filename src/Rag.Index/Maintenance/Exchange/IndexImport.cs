using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rag.Index.Maintenance.Exchange;

/// <summary>Reads what <see cref="IndexExport"/> wrote; trusts nothing of it.</summary>
internal sealed class IndexImport(SqliteChunkIndex index, BoundedLines lines, ImportOptions options, string location)
{
    public async ValueTask<long> RunAsync(IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
    {
        ExchangeHeader header = Parse(await NextAsync(cancellationToken).ConfigureAwait(false), ExchangeJson.Default.ExchangeHeader);
        Check(header);
        if (header.Manifest is { } manifest)
        {
            await index.SetManifestAsync(manifest, replace: false, cancellationToken).ConfigureAwait(false);
        }

        long documents = 0, chunks = 0;
        while (true)
        {
            ReadOnlyMemory<byte> line = await NextAsync(cancellationToken).ConfigureAwait(false);
            if (line.Span.StartsWith("{\"end\":"u8))
            {
                await CheckEndAsync(Parse(line, ExchangeJson.Default.ExchangeEnd), documents, chunks, cancellationToken).ConfigureAwait(false);
                return documents;
            }

            if (documents == options.MaxDocuments)
            {
                throw new LimitExceededException(nameof(ImportOptions.MaxDocuments), options.MaxDocuments, documents + 1, location);
            }

            chunks += await StoreAsync(Parse(line, ExchangeJson.Default.ExchangeDocument), header, cancellationToken).ConfigureAwait(false);
            documents++;
            progress?.Report(new("documents", documents, header.Documents));
        }
    }

    private void Check(ExchangeHeader header)
    {
        if (header.Format != ExchangeHeader.Name || header.Documents < 0 || (header.Manifest is null && header.Documents > 0))
        {
            throw Damaged("does not begin as an export of an index does");
        }

        if (header.Version < ExchangeHeader.For(header.Manifest) || header.Version > ExchangeHeader.Newest)
        {
            throw new IncompatibleException(
                string.Create(CultureInfo.InvariantCulture, $"The export {location} has version {header.Version}; this library reads version {ExchangeHeader.Newest}. Use a newer release of Rag."), location);
        }

        if (header.Manifest is { } manifest
            && (manifest.ChunkerFingerprint is null || manifest.AnalyzerFingerprint is null || !CanBe(manifest.Embedding) || !CanBe(manifest.Sparse) || !CanBe(manifest.Tokens)))
        {
            throw Damaged("has a manifest that cannot be");
        }
    }

    private static bool CanBe(EmbeddingIdentity? model) =>
        model is not ({ Dimensions: < 1 or > VectorKinds.MaxDimensions } or { Model: null } or { WeightsHash: null } or { Pooling: null });

    private async ValueTask<int> StoreAsync(ExchangeDocument line, ExchangeHeader header, CancellationToken cancellationToken)
    {
        try
        {
            IndexedDocument document = line.ToIndexed(header.Manifest);
            await index.UpsertAsync(document, cancellationToken).ConfigureAwait(false);
            return document.Chunks.Count;
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw Damaged($"is not an index's: {error.Message.TrimEnd('.')}", error);
        }
    }

    private async ValueTask CheckEndAsync(ExchangeEnd end, long documents, long chunks, CancellationToken cancellationToken)
    {
        if (!end.End || end.Documents != documents || end.Chunks != chunks || await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            throw Damaged(string.Create(CultureInfo.InvariantCulture, $"says that {end.Documents} documents with {end.Chunks} passages are all; {documents} with {chunks} came"));
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken) =>
        await lines.ReadAsync(cancellationToken).ConfigureAwait(false) ?? throw Damaged("ends too early: it was cut short");

    private T Parse<T>(ReadOnlyMemory<byte> line, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, type) ?? throw Damaged("holds null");
        }
        catch (JsonException error)
        {
            throw Damaged("is not the JSON that it should be", error);
        }
    }

    private CorruptException Damaged(string what, Exception? inner = null) => new(
        string.Create(CultureInfo.InvariantCulture, $"The export {location}, line {lines.Number}, {what}. What came before that line is stored; export again and import once more."), location, innerException: inner);
}
