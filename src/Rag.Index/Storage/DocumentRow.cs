using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage;

/// <summary>A row of the table of documents, but for the structure.</summary>
internal sealed record DocumentRow(long Key, string Id, string? Title, string ContentHash, string Fingerprint, int Length, long FirstChunk, int Chunks)
{
    /// <summary>The columns to read, in order.</summary>
    public const string Columns = "d.key, d.id, d.title, d.content_hash, d.fingerprint, d.length, d.first_chunk, d.chunks, d.seal";

    /// <summary>How many columns these are.</summary>
    public const int ColumnCount = 9;

    public StoredDocument Place => new(Key, FirstChunk, Chunks);

    private RowSeal Seal => RowSeal.Of(StoredTable.Documents, Key).Add(Id).Add(Title).Add(ContentHash).Add(Fingerprint).Add(Length).Add(FirstChunk).Add(Chunks);

    /// <exception cref="CorruptException">The row is not what was written.</exception>
    public static DocumentRow Read(SqliteDataReader row, string location)
    {
        DocumentRow read = ReadUnsealed(row);
        read.Seal.Check(row.GetInt64(8), location);
        return read;
    }

    /// <summary>Reads the row of an older version, which has no checksum.</summary>
    public static DocumentRow ReadUnsealed(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), CompactId.Read(row, 3), row.GetString(4), row.GetInt32(5), row.GetInt64(6), row.GetInt32(7));

    public void Insert(IndexConnection connection, byte[] structure) => connection.Execute(
        "INSERT INTO documents (key, id, title, content_hash, fingerprint, length, first_chunk, chunks, seal, structure) VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10)",
        Key, Id, Title, CompactId.Encode(ContentHash), Fingerprint, Length, FirstChunk, Chunks, Seal.Value, structure);

    /// <summary>Stores the fingerprint of a row that is there.</summary>
    public void UpdateFingerprint(IndexConnection connection) =>
        connection.Execute("UPDATE documents SET fingerprint = @2, seal = @3 WHERE key = @1", Key, Fingerprint, Seal.Value);
}
