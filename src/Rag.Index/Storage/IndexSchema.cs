using System.Globalization;
using Rag.Index.Storage.Migrations;

namespace Rag.Index.Storage;

/// <summary>The tables, and what tells an index of ours from any other file.</summary>
/// <remarks>
/// documents and chunks hold what their types hold, a document's chunks having consecutive keys; texts holds document text in
/// pieces (<see cref="DocumentTexts"/>); vectors the unit vectors; sparse and tokens the other kinds of vectors, and sparse_postings the
/// sparse ones turned round, for chunks up to state.merged; terms each chunk's terms with counts, the truth about BM25;
/// pending the same with positions, for chunks after state.merged; postings the same turned round, positions in a column that only
/// phrases read, for chunks up to state.merged; metadata and access what is said of documents (<see cref="AttributeStore"/>); state
/// is one row; caches names the cache files that are vouched for. Rows and blobs have a checksum that begins with their key
/// (<see cref="RowSeal"/>). Chunk keys only grow and are never used again.
/// </remarks>
internal static class IndexSchema
{
    /// <summary>The version this library reads and writes.</summary>
    public const int FormatVersion = 2;

    // "RagI", in the header of the file.
    private const int ApplicationId = 0x52616749;

    /// <summary>What version 2 added.</summary>
    internal const string AttributeTables = """
        CREATE TABLE metadata (document INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE access (
            principal TEXT NOT NULL, document INTEGER NOT NULL, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, length INTEGER NOT NULL, seal INTEGER NOT NULL,
            PRIMARY KEY (principal, document)) WITHOUT ROWID;
        CREATE INDEX access_by_document ON access (document);
        CREATE TABLE caches (name TEXT PRIMARY KEY, stamp BLOB NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>The tables of sparse vectors and token vectors, which version 2 added too.</summary>
    internal const string KindTables = """
        CREATE TABLE sparse (chunk INTEGER PRIMARY KEY, text_hash BLOB NOT NULL, data BLOB NOT NULL);
        CREATE INDEX sparse_by_text ON sparse (text_hash);
        CREATE TABLE sparse_postings (place INTEGER NOT NULL, first INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (place, first)) WITHOUT ROWID;
        CREATE TABLE tokens (chunk INTEGER PRIMARY KEY, text_hash BLOB NOT NULL, data BLOB NOT NULL);
        CREATE INDEX tokens_by_text ON tokens (text_hash);
        """;

    /// <summary>Makes the tables of text search, empty, in place of those that are there.</summary>
    public const string TextTables = """
        DROP TABLE IF EXISTS terms;
        DROP TABLE IF EXISTS pending;
        DROP TABLE IF EXISTS postings;
        CREATE TABLE terms (chunk INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE pending (chunk INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE postings (term BLOB NOT NULL, first INTEGER NOT NULL, data BLOB NOT NULL, positions BLOB NOT NULL, PRIMARY KEY (term, first)) WITHOUT ROWID;
        """;

    private const string Tables = """
        CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, removals INTEGER NOT NULL, chunks INTEGER NOT NULL,
            total_length INTEGER NOT NULL, next_document INTEGER NOT NULL, next_chunk INTEGER NOT NULL, merged INTEGER NOT NULL,
            manifest TEXT, analyzer TEXT, revisions INTEGER NOT NULL DEFAULT 0, seal INTEGER NOT NULL DEFAULT 0);
        INSERT INTO state VALUES (1, 0, 0, 0, 0, 1, 1, 0, NULL, NULL, 0, 0);
        CREATE TABLE texts (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
        """;

    /// <summary>The tables whose rows version 2 gave checksums.</summary>
    internal const string ContentTables = """
        CREATE TABLE documents (
            key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT, content_hash NOT NULL, fingerprint TEXT NOT NULL,
            length INTEGER NOT NULL, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, seal INTEGER NOT NULL, structure BLOB NOT NULL);
        CREATE TABLE chunks (
            key INTEGER PRIMARY KEY, id NOT NULL UNIQUE, document INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            first INTEGER NOT NULL, past INTEGER NOT NULL, page INTEGER, headings TEXT, seal INTEGER NOT NULL);
        """;

    /// <summary>The table of vectors.</summary>
    internal const string VectorTables = """
        CREATE TABLE vectors (chunk INTEGER PRIMARY KEY, text_hash BLOB NOT NULL, data BLOB NOT NULL);
        CREATE INDEX vectors_by_text ON vectors (substr(text_hash, 1, 8));
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
            connection.Execute(ContentTables);
            connection.Execute(VectorTables);
            new IndexState().Save(connection);
            connection.Execute(AttributeTables);
            connection.Execute(KindTables);
            connection.Execute(TextTables);
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

        long version = Number(connection);
        if (IndexMigrations.Starts(version))
        {
            throw new IncompatibleException(
                $"The index {connection.Path} has format version {version} of an earlier release; this library reads version {FormatVersion}. Open it once for writing, as an ingest does, and it is brought up to date.",
                connection.Path);
        }

        if (version != FormatVersion)
        {
            string advice = version > FormatVersion ? "Use a newer release of Rag" : "Use the release that made it";
            throw new IncompatibleException(
                $"The index {connection.Path} has format version {version}; this library reads version {FormatVersion}. {advice}, or delete the index folder and ingest again.",
                connection.Path);
        }
    }

    /// <summary>The version of an index of ours; 0 for any other file.</summary>
    public static long Version(IndexConnection connection) => connection.Number("PRAGMA application_id") == ApplicationId ? Number(connection) : 0;

    private static long Number(IndexConnection connection) => connection.Number("PRAGMA user_version");

    // A file whose creation was cut short has no tables; it is as good as none.
    private static bool IsNew(IndexConnection connection) =>
        connection.Number("PRAGMA application_id") == 0 && connection.Number("SELECT count(*) FROM sqlite_master") == 0;
}
