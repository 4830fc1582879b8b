using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Maintenance;

/// <summary>Counts what one commit holds.</summary>
internal static class StatisticsReader
{
    private static readonly (string Name, string Query)[] Parts =
    [
        ("documents", "SELECT count(*), sum(length(CAST(id AS BLOB)) + coalesce(length(CAST(title AS BLOB)), 0) + length(content_hash) + length(fingerprint) + length(structure)) FROM documents"),
        ("texts", "SELECT count(*), sum(length(data)) FROM texts"),
        ("chunks", "SELECT count(*), sum(length(CAST(id AS BLOB)) + coalesce(length(CAST(headings AS BLOB)), 0)) FROM chunks"),
        ("vectors", "SELECT count(*), sum(length(data)) FROM vectors"),
        ("sparse", "SELECT count(*), sum(length(data)) FROM sparse"),
        ("sparse postings", "SELECT count(*), sum(length(data)) FROM sparse_postings"),
        ("tokens", "SELECT count(*), sum(length(data)) FROM tokens"),
        ("terms", "SELECT count(*), sum(length(data)) FROM terms"),
        ("postings", "SELECT count(*), sum(length(term) + length(data)) FROM postings"),
    ];

    // Most indexes have none of these, and then nothing is said of them.
    private static readonly string[] Optional = ["sparse", "sparse postings", "tokens"];

    public static IndexStatistics Read(IndexConnection connection, IndexState state, IndexFiles files, CancellationToken cancellationToken)
    {
        List<IndexPart> parts = [];
        foreach ((string name, string query) in Parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using SqliteDataReader row = connection.Query(query);
            row.Read();
            if (row.GetInt64(0) > 0 || !Optional.Contains(name))
            {
                parts.Add(new(name, row.GetInt64(0), row.IsDBNull(1) ? 0 : row.GetInt64(1)));
            }
        }

        return new()
        {
            Folder = files.Folder,
            FormatVersion = (int)connection.Number("PRAGMA user_version"),
            Generation = state.Generation,
            Manifest = Manifests.Read(state.Manifest, files.Database),
            Documents = Rows("documents"),
            Chunks = Rows("chunks"),
            Vectors = Rows("vectors"),
            Terms = connection.Number("SELECT count(DISTINCT term) FROM postings"),
            Words = state.TotalLength,
            Waiting = connection.Number("SELECT count(*) FROM terms WHERE chunk > @1", state.Merged),
            Parts = parts,
            DatabaseBytes = Length(files.Database),
            LogBytes = Length(files.Database + "-wal"),
        };

        long Rows(string name) => parts.Single(part => part.Name == name).Rows;
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
