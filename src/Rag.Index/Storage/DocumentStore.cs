using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Documents;

namespace Rag.Index.Storage;

/// <summary>Documents and chunks in their tables. Runs inside the caller's transaction.</summary>
internal sealed class DocumentStore(IndexConnection connection)
{
    private const string ChunkQuery = $"SELECT {ChunkRow.Columns} FROM chunks", DocumentQuery = $"SELECT {DocumentRow.Columns} FROM documents d";

    private readonly DocumentTexts _texts = new(connection);
    private readonly AttributeStore _attributes = new(connection);
    private DocumentRow? _document;

    /// <summary>Where a stored document's rows are, or null.</summary>
    public StoredDocument? Find(string id) => FindRow(id)?.Place;

    /// <summary>A document's row, or null.</summary>
    public DocumentRow? FindRow(string id)
    {
        using SqliteDataReader row = connection.Query($"{DocumentQuery} WHERE d.id = @1", id);
        return row.Read() ? Same(DocumentRow.Read(row, connection.Path), id) : null;
    }

    /// <summary>Stores document, text and chunks under the given keys.</summary>
    public void Add(IndexedDocument indexed, IEnumerable<TextPiece> text, StoredDocument place)
    {
        Document document = indexed.Document;
        new DocumentRow(place.Key, document.Id, document.Title, document.ContentHash, indexed.Fingerprint, document.Text.Length, place.FirstChunk, place.Chunks)
            .Insert(connection, StructureCodec.Encode(document, RowSeal.Seed(StoredTable.Structures, place.Key)));
        _texts.Add(place.Key, text);
        long key = place.FirstChunk;
        foreach (Chunk chunk in indexed.Chunks)
        {
            string? headings = chunk.HeadingPath.Count == 0 ? null : JsonSerializer.Serialize(chunk.HeadingPath, IndexJson.Default.IReadOnlyListString);
            new ChunkRow(key++, chunk.Id, place.Key, chunk.Ordinal, chunk.Range.Start, chunk.Range.End, chunk.Page, headings).Insert(connection);
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
        using SqliteDataReader row = connection.Query(DocumentQuery);
        while (row.Read())
        {
            DocumentRow document = DocumentRow.Read(row, connection.Path);
            stamps.Add(document.Id, new(document.ContentHash, document.Fingerprint, document.Chunks) { Access = access.GetValueOrDefault(document.Key) ?? (IReadOnlyList<string>)[] });
        }

        return stamps;
    }

    /// <summary>A document with its text, structure and attributes, or null.</summary>
    public Document? Read(string id)
    {
        if (FindRow(id) is not { } row)
        {
            return null;
        }

        byte[] structure = connection.Scalar("SELECT structure FROM documents WHERE key = @1", row.Key) as byte[]
            ?? throw SqliteErrors.Damaged(connection.Path, "has lost the structure of a document");
        var (elements, pages) = StructureCodec.Decode(structure, connection.Path, RowSeal.Seed(StoredTable.Structures, row.Key));
        DocumentAttributes attributes = _attributes.Read(row.Key);
        return new()
        {
            Id = id,
            Title = row.Title,
            ContentHash = row.ContentHash,
            Text = _texts.Read(row.Key, 0, row.Length),
            Elements = elements,
            Pages = pages,
            Metadata = attributes.Metadata,
            Access = attributes.Access,
        };
    }

    /// <summary>The chunk with this id, or null.</summary>
    public Chunk? ReadChunk(string id)
    {
        return FindRowOfChunk(id) is { } row ? ToChunk(row) : null;
    }

    /// <summary>The chunk with this key, or null.</summary>
    public Chunk? ReadChunk(long key)
    {
        return FindRow(key) is { } row ? ToChunk(row) : null;
    }

    /// <summary>A document's chunks in order.</summary>
    /// <exception cref="CorruptException">There are more or fewer than its row says.</exception>
    public List<Chunk> ReadChunks(StoredDocument place)
    {
        List<Chunk> chunks = [];
        using SqliteDataReader row = connection.Query(
            $"{ChunkQuery} WHERE key >= @1 AND key < @2 ORDER BY key", place.FirstChunk, place.FirstChunk + place.Chunks);
        while (row.Read())
        {
            chunks.Add(ToChunk(ChunkRow.Read(row, connection.Path)));
        }

        return chunks.Count == place.Chunks ? chunks : throw SqliteErrors.Damaged(connection.Path, "has lost passages of a document");
    }

    /// <summary>The key of the chunk with this id, or null.</summary>
    public long? FindChunk(string id) => FindRowOfChunk(id)?.Key;

    /// <summary>The id of the chunk with this key.</summary>
    public string ChunkId(long key) => FindRow(key)?.Id
        ?? throw SqliteErrors.Damaged(connection.Path, "refers to a passage that is not there");

    private ChunkRow? FindRow(long key)
    {
        using SqliteDataReader row = connection.Query($"{ChunkQuery} WHERE key = @1", key);
        return row.Read() ? ChunkRow.Read(row, connection.Path) : null;
    }

    private ChunkRow? FindRowOfChunk(string id)
    {
        using SqliteDataReader row = connection.Query($"{ChunkQuery} WHERE id = @1", CompactId.Encode(id));
        return row.Read() && ChunkRow.Read(row, connection.Path) is var found
            ? found.Id == id ? found : throw SqliteErrors.Damaged(connection.Path, "leads from an id to another passage")
            : null;
    }

    private DocumentRow Same(DocumentRow found, string id) =>
        found.Id == id ? found : throw SqliteErrors.Damaged(connection.Path, "leads from an id to another document");

    private DocumentRow Document(long key)
    {
        if (_document?.Key != key)
        {
            using SqliteDataReader row = connection.Query($"{DocumentQuery} WHERE d.key = @1", key);
            _document = row.Read() ? DocumentRow.Read(row, connection.Path) : throw SqliteErrors.Damaged(connection.Path, "holds a passage of no document");
        }

        return _document;
    }

    private Chunk ToChunk(ChunkRow row) => new()
    {
        Id = row.Id,
        DocumentId = Document(row.Document).Id,
        Ordinal = row.Ordinal,
        Range = new(row.First, row.Past),
        Page = row.Page,
        HeadingPath = row.Headings is null ? [] : Headings(row.Headings),
        Text = _texts.Read(row.Document, row.First, row.Past),
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
