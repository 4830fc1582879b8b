namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>Numbers of SQLite's interface (https://sqlite.org/rescode.html, https://sqlite.org/c3ref/c_open_autoproxy.html).</summary>
internal static class SqliteCode
{
    public const int Ok = 0, Full = 13, CantOpen = 14;

    public const int ReadError = 266, WriteError = 778, SyncError = 1034, TruncateError = 1546, DeleteError = 2570, SharedError = 4874;

    public const int OpenCreate = 0x4;

    /// <summary>Rollback journal, super-journal or write-ahead log: SQLite flushes the folder with the file's first flush.</summary>
    public const int OpenJournal = 0x800 | 0x4000 | 0x80000;
}
