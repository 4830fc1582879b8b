using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Storage;
using Rag.Index.Vectors;

namespace Rag.Index.Maintenance.Exchange;

/// <summary>Writes one commit as lines of JSON: a header, a line for each document, an end.</summary>
internal sealed class IndexExport(IndexConnection connection, IndexState state, Stream destination)
{
    public long Run(IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
    {
        IndexManifest? manifest = Manifests.Read(state.Manifest, connection.Path);
        long total = connection.Number("SELECT count(*) FROM documents"), documents = 0, chunks = 0;
        Write(JsonSerializer.SerializeToUtf8Bytes(new(ExchangeHeader.Name, ExchangeHeader.For(manifest), manifest, total, state.Chunks), ExchangeJson.Default.ExchangeHeader));
        DocumentStore store = new(connection);
        using SqliteDataReader row = connection.Query("SELECT id, fingerprint FROM documents ORDER BY id");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ExchangeDocument line = Read(store, row.GetString(0), row.GetString(1), manifest);
            Write(JsonSerializer.SerializeToUtf8Bytes(line, ExchangeJson.Default.ExchangeDocument));
            chunks += line.Chunks!.Count;
            documents++;
            progress?.Report(new("documents", documents, total));
        }

        Write(JsonSerializer.SerializeToUtf8Bytes(new(true, documents, chunks), ExchangeJson.Default.ExchangeEnd));
        return documents;
    }

    private ExchangeDocument Read(DocumentStore store, string id, string fingerprint, IndexManifest? manifest)
    {
        StoredDocument place = store.Find(id) ?? throw SqliteErrors.Damaged(connection.Path, "has a document that cannot be found by its id");
        Document document = store.Read(id) ?? throw SqliteErrors.Damaged(connection.Path, "has a document that cannot be found by its id");
        List<Chunk> chunks = store.ReadChunks(place);
        if (chunks.Count != place.Chunks)
        {
            throw SqliteErrors.Damaged(connection.Path, "has lost passages of a document");
        }

        return ExchangeDocument.From(document, fingerprint, [.. chunks.Select((chunk, i) => Read(chunk, place.FirstChunk + i, manifest))]);
    }

    private ExchangeChunk Read(Chunk chunk, long key, IndexManifest? manifest) => new(
        chunk.Id, chunk.Range.Start, chunk.Range.End, chunk.Page, chunk.HeadingPath,
        manifest?.Embedding is { } dense ? Dense(key, new VectorForm(dense)) : null,
        manifest?.Sparse is { } sparse ? ExchangeVectors.Write(new SparseStore(connection).Read(key, sparse.Dimensions)) : null,
        manifest?.Tokens is { } tokens ? ExchangeVectors.Write(TokenCodec.Values(new TokenStore(connection).Read(key), key, tokens.Dimensions, connection.Path)) : null);

    private string Dense(long key, VectorForm form)
    {
        float[] values = new float[form.Dimensions];
        new VectorStore(connection).Read(key, form, values);
        return Convert.ToBase64String(MemoryMarshal.AsBytes<float>(values));
    }

    private void Write(byte[] line)
    {
        destination.Write(line);
        destination.WriteByte((byte)'\n');
    }
}
