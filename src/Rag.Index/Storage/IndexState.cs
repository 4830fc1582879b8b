using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage;

/// <summary>The counters of the index, kept in its one state row and changed in the same transaction as the content.</summary>
internal sealed record IndexState
{
    /// <summary>Number of commits so far: tells a cache whether it is still right.</summary>
    public required long Generation { get; init; }

    /// <summary>Number of commits that took chunks away; while it stands, content was only added.</summary>
    public required long Removals { get; init; }

    /// <summary>Number of commits that changed what is said of stored documents, and nothing of their content.</summary>
    public required long Revisions { get; init; }

    /// <summary>Chunks stored: N of BM25.</summary>
    public required long Chunks { get; init; }

    /// <summary>Terms of all chunks together; divided by <see cref="Chunks"/> the average length of BM25.</summary>
    public required long TotalLength { get; init; }

    /// <summary>The key of the next document.</summary>
    public required long NextDocument { get; init; }

    /// <summary>The key of the next chunk.</summary>
    public required long NextChunk { get; init; }

    /// <summary>Chunks up to this key are in the postings table; those after it are found through their terms record.</summary>
    public required long Merged { get; init; }

    /// <summary>The manifest as JSON, or null.</summary>
    public required string? Manifest { get; init; }

    /// <summary>Fingerprint of the analyzer that made the stored terms, or null.</summary>
    public required string? Analyzer { get; init; }

    /// <summary>Reads the row.</summary>
    public static IndexState Load(IndexConnection connection)
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
    public void Save(IndexConnection connection) => connection.Execute(
        "UPDATE state SET generation = @1, removals = @2, chunks = @3, total_length = @4, next_document = @5, next_chunk = @6, merged = @7, manifest = @8, analyzer = @9, revisions = @10",
        Generation + 1, Removals, Chunks, TotalLength, NextDocument, NextChunk, Merged, Manifest, Analyzer, Revisions);
}
