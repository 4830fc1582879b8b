using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage;

/// <summary>Turns SQLite's error codes (https://sqlite.org/rescode.html) into the kinds of error that callers know.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CantOpen = 14, NotADatabase = 26, HotJournal = 776, Unrecovered = 264;

    /// <summary>Runs something; what SQLite throws comes out as the kinds of error that callers know.</summary>
    public static T Guard<T>(string database, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException error)
        {
            throw Translate(error, database);
        }
        catch (Exception error) when (error is InvalidCastException || (error is InvalidOperationException && IsOfReader(error)))
        {
            // A column that holds another type than the schema's, or nothing.
            throw Damaged(database, "holds a damaged record", error);
        }
    }

    /// <summary>The exception to throw instead; <paramref name="error"/> is its inner one.</summary>
    public static RagException Translate(SqliteException error, string database) => error.SqliteErrorCode switch
    {
        Busy or Locked => new UnavailableException(
            $"The index {database} is locked by another process; try again when that has finished.", database, error),
        ReadOnly when error.SqliteExtendedErrorCode is HotJournal or Unrecovered => new UnavailableException(
            $"The index {database} was left in the middle of a write, which only a writer can put right; open it once for writing, such as by ingesting.", database, error),
        CantOpen when File.Exists(database + "-wal") => new UnavailableException(
            $"The index {database} has a log beside it that can only be read where its folder can be written ({error.Message}). Open it once for writing, such as by ingesting, or copy the folder.", database, error),
        ReadOnly or CantOpen => new UnavailableException(
            $"The index {database} cannot be opened as asked ({error.Message}); look at the permissions of its folder.", database, error),
        IoError => new UnavailableException(
            $"The disk failed while {Operation(error)} the index {database} ({error.Message}); nothing was half written. Try again when the disk works.", database, error),
        Full => new UnavailableException($"The disk is full: the index {database} could not be written and is as it was before.", database, error),
        NotADatabase => Damaged(database, "is not a database", error),
        Corrupt => Damaged(database, "is damaged", error),
        _ => Damaged(database, $"does not hold what an index must ({error.Message})", error),
    };

    // What the reader says of a null where there can be none; where it is inlined, the exception's source is its caller.
    private static bool IsOfReader(Exception error) =>
        error.Source == typeof(SqliteException).Assembly.GetName().Name || error.Message.StartsWith("The data is NULL at ordinal", StringComparison.Ordinal);

    // The second byte of the extended code says what was being done (https://sqlite.org/rescode.html).
    private static string Operation(SqliteException error) => (error.SqliteExtendedErrorCode >> 8) switch
    {
        1 or 2 or 7 => "reading",
        3 => "writing",
        4 or 5 => "flushing",
        6 => "cutting",
        10 or 23 => "deleting",
        8 or 9 or 14 or 15 => "locking",
        >= 18 and <= 21 => "sharing memory beside",
        _ => "using",
    };

    /// <summary>The sentence for content that cannot be right.</summary>
    public static CorruptException Damaged(string database, string what, Exception? inner = null) =>
        new($"The index file {database} {what}. Delete the index folder and ingest the documents again.", database, innerException: inner);
}
