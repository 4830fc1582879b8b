using System.Globalization;

namespace Rag.Index.Storage;

/// <summary>The tables, and what tells an index of ours from any other file.</summary>
/// <remarks>
/// documents and chunks hold what their types hold, a document's chunks having consecutive keys; texts holds document text in
/// pieces (<see cref="DocumentTexts"/>); vectors the unit vectors; terms each chunk's terms with counts, the truth about BM25;
/// postings the same turned round, for chunks up to state.merged; state is one row. Chunk keys only grow and are never used again.
/// </remarks>
internal static class IndexSchema
{
    /// <summary>The version this library reads and writes.</summary>
    public const int FormatVersion = 2;

    // "RagI", in the header of the file.
    private const int ApplicationId = 0x52616749;

    private const string Tables = """
        CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, removals INTEGER NOT NULL, chunks INTEGER NOT NULL,
            total_length INTEGER NOT NULL, next_document INTEGER NOT NULL, next_chunk INTEGER NOT NULL, merged INTEGER NOT NULL,
            manifest TEXT, analyzer TEXT);
        INSERT INTO state VALUES (1, 0, 0, 0, 0, 1, 1, 0, NULL, NULL);
        CREATE TABLE documents (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT, content_hash TEXT NOT NULL, fingerprint TEXT NOT NULL,
            length INTEGER NOT NULL, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, structure BLOB NOT NULL);
        CREATE TABLE texts (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE chunks (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            first INTEGER NOT NULL, past INTEGER NOT NULL, page INTEGER, headings TEXT);
        CREATE TABLE vectors (chunk INTEGER PRIMARY KEY, text_hash BLOB NOT NULL, data BLOB NOT NULL);
        CREATE INDEX vectors_by_text ON vectors (text_hash);
        CREATE TABLE terms (chunk INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE postings (term BLOB NOT NULL, first INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (term, first)) WITHOUT ROWID;
        """;

    /// <summary>Creates the tables in a new file, in one transaction; leaves an index as it is.</summary>
    public static void CreateIfNew(IndexConnection connection)
    {
        if (!IsNew(connection))
        {
            return;
        }

        connection.Execute("PRAGMA page_size = 8192");
        connection.Scalar("PRAGMA journal_mode = WAL");
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            connection.Execute(Tables);
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {FormatVersion}"));
            connection.Execute("COMMIT");
        }
        catch
        {
            connection.Rollback();
            throw;
        }
    }

    /// <summary>Throws where the file is no index or one of another version.</summary>
    public static void Check(IndexConnection connection)
    {
        if (connection.Number("PRAGMA application_id") != ApplicationId)
        {
            throw IsNew(connection)
                ? new UnavailableException($"The index {connection.Path} is empty: nothing was ever stored. Ingest documents first.", connection.Path)
                : new IncompatibleException($"The file {connection.Path} is a database but not an index of Rag. Choose another folder for the index.", connection.Path);
        }

        long version = connection.Number("PRAGMA user_version");
        if (version != FormatVersion)
        {
            string advice = version > FormatVersion ? "Use a newer release of Rag" : "Use the release that made it";
            throw new IncompatibleException(
                $"The index {connection.Path} has format version {version}; this library reads version {FormatVersion}. {advice}, or delete the index folder and ingest again.",
                connection.Path);
        }
    }

    // A file whose creation was cut short has no tables; it is as good as none.
    private static bool IsNew(IndexConnection connection) =>
        connection.Number("PRAGMA application_id") == 0 && connection.Number("SELECT count(*) FROM sqlite_master") == 0;
}
