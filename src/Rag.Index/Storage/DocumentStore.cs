using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Documents;

namespace Rag.Index.Storage;

/// <summary>Documents and chunks in their tables. Runs inside the caller's transaction.</summary>
internal sealed class DocumentStore(IndexConnection connection)
{
    private const string ChunkQuery =
        "SELECT c.id, d.id, c.ordinal, c.first, c.past, c.page, c.headings, d.key FROM chunks c JOIN documents d ON d.key = c.document";

    private readonly DocumentTexts _texts = new(connection);
    private readonly AttributeStore _attributes = new(connection);

    /// <summary>Where a stored document's rows are, or null.</summary>
    public StoredDocument? Find(string id)
    {
        using SqliteDataReader row = connection.Query("SELECT key, first_chunk, chunks FROM documents WHERE id = @1", id);
        return row.Read() ? new(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2)) : null;
    }

    /// <summary>Stores document, text and chunks under the given keys.</summary>
    public void Add(IndexedDocument indexed, IEnumerable<TextPiece> text, StoredDocument place)
    {
        Document document = indexed.Document;
        connection.Execute(
            "INSERT INTO documents VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9)",
            place.Key, document.Id, document.Title, document.ContentHash, indexed.Fingerprint, document.Text.Length, place.FirstChunk, place.Chunks,
            StructureCodec.Encode(document));
        _texts.Add(place.Key, text);
        long key = place.FirstChunk;
        foreach (Chunk chunk in indexed.Chunks)
        {
            string? headings = chunk.HeadingPath.Count == 0 ? null : JsonSerializer.Serialize(chunk.HeadingPath, IndexJson.Default.IReadOnlyListString);
            connection.Execute(
                "INSERT INTO chunks VALUES (@1, @2, @3, @4, @5, @6, @7, @8)",
                key++, chunk.Id, place.Key, chunk.Ordinal, chunk.Range.Start, chunk.Range.End, chunk.Page, headings);
        }
    }

    /// <summary>Removes document, text and chunks.</summary>
    public void Remove(StoredDocument place)
    {
        connection.Execute("DELETE FROM documents WHERE key = @1", place.Key);
        _texts.Remove(place.Key);
        connection.Execute("DELETE FROM chunks WHERE key >= @1 AND key < @2", place.FirstChunk, place.FirstChunk + place.Chunks);
    }

    /// <summary>Every document with what tells whether it changed.</summary>
    public Dictionary<string, DocumentStamp> Stamps()
    {
        Dictionary<string, DocumentStamp> stamps = new(StringComparer.Ordinal);
        Dictionary<long, List<string>> access = _attributes.ReadAccess();
        using SqliteDataReader row = connection.Query("SELECT id, content_hash, fingerprint, chunks, key FROM documents");
        while (row.Read())
        {
            stamps.Add(row.GetString(0), new(row.GetString(1), row.GetString(2), row.GetInt32(3)) { Access = access.GetValueOrDefault(row.GetInt64(4)) ?? (IReadOnlyList<string>)[] });
        }

        return stamps;
    }

    /// <summary>A document with its text, structure and attributes, or null.</summary>
    public Document? Read(string id)
    {
        using SqliteDataReader row = connection.Query("SELECT key, title, content_hash, length, structure FROM documents WHERE id = @1", id);
        if (!row.Read())
        {
            return null;
        }

        var (elements, pages) = StructureCodec.Decode((byte[])row[4], connection.Path);
        DocumentAttributes attributes = _attributes.Read(row.GetInt64(0));
        return new()
        {
            Id = id,
            Title = row.IsDBNull(1) ? null : row.GetString(1),
            ContentHash = row.GetString(2),
            Text = _texts.Read(row.GetInt64(0), 0, row.GetInt32(3)),
            Elements = elements,
            Pages = pages,
            Metadata = attributes.Metadata,
            Access = attributes.Access,
        };
    }

    /// <summary>The chunk with this id, or null.</summary>
    public Chunk? ReadChunk(string id)
    {
        using SqliteDataReader row = connection.Query($"{ChunkQuery} WHERE c.id = @1", id);
        return row.Read() ? ToChunk(row) : null;
    }

    /// <summary>The chunk with this key, or null.</summary>
    public Chunk? ReadChunk(long key)
    {
        using SqliteDataReader row = connection.Query($"{ChunkQuery} WHERE c.key = @1", key);
        return row.Read() ? ToChunk(row) : null;
    }

    /// <summary>A document's chunks in order.</summary>
    public List<Chunk> ReadChunks(StoredDocument place)
    {
        List<Chunk> chunks = [];
        using SqliteDataReader row = connection.Query(
            $"{ChunkQuery} WHERE c.key >= @1 AND c.key < @2 ORDER BY c.key", place.FirstChunk, place.FirstChunk + place.Chunks);
        while (row.Read())
        {
            chunks.Add(ToChunk(row));
        }

        return chunks;
    }

    /// <summary>The key of the chunk with this id, or null.</summary>
    public long? FindChunk(string id) => connection.Scalar("SELECT key FROM chunks WHERE id = @1", id) as long?;

    /// <summary>The id of the chunk with this key.</summary>
    public string ChunkId(long key) => connection.Scalar("SELECT id FROM chunks WHERE key = @1", key) as string
        ?? throw SqliteErrors.Damaged(connection.Path, "refers to a passage that is not there");

    private Chunk ToChunk(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        DocumentId = row.GetString(1),
        Ordinal = row.GetInt32(2),
        Range = new(row.GetInt32(3), row.GetInt32(4)),
        Page = row.IsDBNull(5) ? null : row.GetInt32(5),
        HeadingPath = row.IsDBNull(6) ? [] : Headings(row.GetString(6)),
        Text = _texts.Read(row.GetInt64(7), row.GetInt32(3), row.GetInt32(4)),
    };

    private IReadOnlyList<string> Headings(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, IndexJson.Default.IReadOnlyListString) ?? [];
        }
        catch (JsonException error)
        {
            throw SqliteErrors.Damaged(connection.Path, "holds damaged headings", error);
        }
    }
}
