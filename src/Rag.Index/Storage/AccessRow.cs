using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage;

/// <summary>A row of the table of access.</summary>
internal readonly record struct AccessRow(string Principal, long Document, long FirstChunk, int Chunks, long Length)
{
    /// <summary>The columns to read, in order.</summary>
    public const string Columns = "principal, document, first_chunk, chunks, length, seal";

    private RowSeal Seal => RowSeal.Of(StoredTable.Access, Document).Add(Principal).Add(FirstChunk).Add(Chunks).Add(Length);

    /// <exception cref="CorruptException">The row is not what was written.</exception>
    public static AccessRow Read(SqliteDataReader row, string location)
    {
        AccessRow read = new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.GetInt64(4));
        read.Seal.Check(row.GetInt64(5), location);
        return read;
    }

    /// <summary>Stores it in place of one with the same principal and document.</summary>
    public void Write(IndexConnection connection) =>
        connection.Execute("INSERT OR REPLACE INTO access VALUES (@1, @2, @3, @4, @5, @6)", Principal, Document, FirstChunk, Chunks, Length, Seal.Value);
}
