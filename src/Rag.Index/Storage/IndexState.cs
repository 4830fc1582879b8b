using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage;

/// <summary>The counters of the index, kept in its one state row and changed in the same transaction as the content.</summary>
internal sealed record IndexState
{
    /// <summary>Number of commits so far: tells a cache whether it is still right.</summary>
    public long Generation { get; init; }

    /// <summary>Number of commits that took chunks away; while it stands, content was only added.</summary>
    public long Removals { get; init; }

    /// <summary>Number of commits that changed what is said of stored documents, and nothing of their content.</summary>
    public long Revisions { get; init; }

    /// <summary>Chunks stored: N of BM25.</summary>
    public long Chunks { get; init; }

    /// <summary>Terms of all chunks together; divided by <see cref="Chunks"/> the average length of BM25.</summary>
    public long TotalLength { get; init; }

    /// <summary>The key of the next document.</summary>
    public long NextDocument { get; init; } = 1;

    /// <summary>The key of the next chunk.</summary>
    public long NextChunk { get; init; } = 1;

    /// <summary>Chunks up to this key are in the postings table; those after it are found through their terms record.</summary>
    public long Merged { get; init; }

    /// <summary>The manifest as JSON, or null.</summary>
    public string? Manifest { get; init; }

    /// <summary>Fingerprint of the analyzer that made the stored terms, or null.</summary>
    public string? Analyzer { get; init; }

    /// <summary>The row's checksum.</summary>
    public RowSeal Seal => RowSeal.Of(StoredTable.State, Generation).Add(Removals).Add(Revisions).Add(Chunks).Add(TotalLength)
        .Add(NextDocument).Add(NextChunk).Add(Merged).Add(Manifest).Add(Analyzer);

    /// <summary>Reads the row.</summary>
    /// <exception cref="CorruptException">The row is not what was written.</exception>
    public static IndexState Load(IndexConnection connection)
    {
        IndexState state = LoadUnsealed(connection);
        state.Seal.Check(connection.Number("SELECT seal FROM state"), connection.Path);
        return state;
    }

    /// <summary>Reads the row of an older version, which has no checksum.</summary>
    public static IndexState LoadUnsealed(IndexConnection connection)
    {
        using SqliteDataReader row = connection.Query(
            "SELECT generation, removals, chunks, total_length, next_document, next_chunk, merged, manifest, analyzer, revisions FROM state");
        if (!row.Read())
        {
            throw SqliteErrors.Damaged(connection.Path, "has lost its state");
        }

        return new()
        {
            Generation = row.GetInt64(0),
            Removals = row.GetInt64(1),
            Chunks = row.GetInt64(2),
            TotalLength = row.GetInt64(3),
            NextDocument = row.GetInt64(4),
            NextChunk = row.GetInt64(5),
            Merged = row.GetInt64(6),
            Manifest = row.IsDBNull(7) ? null : row.GetString(7),
            Analyzer = row.IsDBNull(8) ? null : row.GetString(8),
            Revisions = row.GetInt64(9),
        };
    }

    /// <summary>Writes the row as the next generation.</summary>
    public void Save(IndexConnection connection) => (this with { Generation = Generation + 1 }).Write(connection);

    private void Write(IndexConnection connection) => connection.Execute(
        "UPDATE state SET generation = @1, removals = @2, chunks = @3, total_length = @4, next_document = @5, next_chunk = @6, merged = @7, manifest = @8, analyzer = @9, revisions = @10, seal = @11",
        Generation, Removals, Chunks, TotalLength, NextDocument, NextChunk, Merged, Manifest, Analyzer, Revisions, Seal.Value);
}
