using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage;

/// <summary>A row of the table of chunks; headings as JSON.</summary>
internal sealed record ChunkRow(long Key, string Id, long Document, int Ordinal, int First, int Past, int? Page, string? Headings)
{
    /// <summary>The columns to read, in order.</summary>
    public const string Columns = "key, id, document, ordinal, first, past, page, headings, seal";

    private RowSeal Seal => RowSeal.Of(StoredTable.Chunks, Key).Add(Id).Add(Document).Add(Ordinal).Add(First).Add(Past).Add(Page).Add(Headings);

    /// <exception cref="CorruptException">The row is not what was written.</exception>
    public static ChunkRow Read(SqliteDataReader row, string location)
    {
        ChunkRow read = ReadUnsealed(row);
        read.Seal.Check(row.GetInt64(8), location);
        return read;
    }

    /// <summary>Reads the row of an older version, which has no checksum.</summary>
    public static ChunkRow ReadUnsealed(SqliteDataReader row) => new(
        row.GetInt64(0), CompactId.Read(row, 1), row.GetInt64(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5),
        row.IsDBNull(6) ? null : row.GetInt32(6), row.IsDBNull(7) ? null : row.GetString(7));

    public void Insert(IndexConnection connection) => connection.Execute(
        "INSERT INTO chunks VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9)", Key, CompactId.Encode(Id), Document, Ordinal, First, Past, Page, Headings, Seal.Value);
}
