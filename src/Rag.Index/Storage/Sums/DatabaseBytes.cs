using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Rag.Index.Storage.Sums;

/// <summary>
/// The bytes of a database's file as they lie on the disk, read through the file that SQLite has open. Opening it beside SQLite
/// would not do: where POSIX locks are used, closing any handle of a file ends all locks that the process holds on it
/// (https://sqlite.org/howtocorrupt.html, 2.2). Used with a connection that nobody else uses meanwhile.
/// </summary>
internal sealed unsafe partial class DatabaseBytes
{
    // sqlite3_file_control's SQLITE_FCNTL_FILE_POINTER, and the codes that are expected (https://sqlite.org/c3ref).
    private const int FilePointer = 7, IoError = 10, ReadError = IoError | (1 << 8), ShortRead = IoError | (2 << 8);

    private readonly SqliteConnection _connection;
    private readonly NativeFile* _file;

    public DatabaseBytes(SqliteConnection connection)
    {
        _connection = connection;
        NativeFile* file = null;
        int code = FileControl(connection.Handle!.DangerousGetHandle(), null, FilePointer, &file);
        _file = code == 0 && file is not null && file->Methods is not null ? file : throw Failed(code);
        long length;
        code = _file->Methods->FileSize(_file, &length);
        Length = code == 0 ? length : throw Failed(code);
        GC.KeepAlive(_connection);
    }

    /// <summary>Length of the file when this was made.</summary>
    public long Length { get; }

    /// <summary>Reads; what lies behind the end of the file is zeros.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        int code;
        fixed (byte* start = bytes)
        {
            code = _file->Methods->Read(_file, start, bytes.Length, offset);
        }

        GC.KeepAlive(_connection);
        if (code is not (0 or ShortRead))
        {
            throw Failed(code);
        }
    }

    private static SqliteException Failed(int code) =>
        new("disk I/O error", code is 0 ? IoError : code & 0xFF, code is 0 or IoError ? ReadError : code);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static partial int FileControl(nint database, byte* name, int operation, void* argument);

    [StructLayout(LayoutKind.Sequential)]
    private struct NativeFile
    {
        public NativeMethods* Methods;
    }

    // The beginning of sqlite3_io_methods.
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeMethods
    {
        public int Version;
        public void* Close;
        public delegate* unmanaged[Cdecl]<NativeFile*, byte*, int, long, int> Read;
        public void* Write;
        public void* Truncate;
        public void* Sync;
        public delegate* unmanaged[Cdecl]<NativeFile*, long*, int> FileSize;
    }
}
