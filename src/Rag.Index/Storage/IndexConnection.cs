using System.Globalization;
using Microsoft.Data.Sqlite;
using Rag.Index.Storage.Sums;

namespace Rag.Index.Storage;

/// <summary>
/// One connection with its prepared statements. Statements name their parameters @1, @2, ... Used by one thread at a time; errors
/// come out as <see cref="SqliteException"/> and are translated where an operation ends.
/// </summary>
internal sealed class IndexConnection : IDisposable
{
    private const int HeaderLength = 100, CantOpen = 14;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    static IndexConnection() => SQLitePCL.Batteries_V2.Init();

    private IndexConnection(SqliteConnection connection, string path, bool immutable)
    {
        _connection = connection;
        Path = path;
        IsImmutable = immutable;
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Whether it reads the file without looking for a writer: for one operation, not to be kept.</summary>
    public bool IsImmutable { get; }

    /// <summary>Opens a connection; creates the file only for a writer.</summary>
    public static IndexConnection Open(string path, bool readOnly, TimeSpan busyTimeout)
    {
        try
        {
            return Open(path, readOnly, busyTimeout, immutable: false);
        }
        catch (SqliteException error) when (readOnly && error.SqliteErrorCode == CantOpen && IsAtRest(path))
        {
            // In a folder that cannot be written SQLite cannot make the shared memory by which it watches for a writer. Nobody has
            // the index open, or log and memory would be there.
            return Open(path, readOnly, busyTimeout, immutable: true);
        }
    }

    private static bool IsAtRest(string path) => File.Exists(path) && !File.Exists(path + "-wal") && !File.Exists(path + "-shm");

    private static IndexConnection Open(string path, bool readOnly, TimeSpan busyTimeout, bool immutable)
    {
        // SQLite takes a file shorter than its header for an empty one and would write over it.
        if (new FileInfo(path) is { Exists: true, Length: > 0 and < HeaderLength })
        {
            throw SqliteErrors.Damaged(path, "is cut short");
        }

        SqliteConnectionStringBuilder builder = new()
        {
            DataSource = immutable ? $"{new Uri(path).AbsoluteUri}?immutable=1" : path,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 1,
        };
        SqliteConnection connection = new(builder.ConnectionString);
        try
        {
            connection.Open();
            IndexConnection opened = new(connection, path, immutable);

            // A database from elsewhere must not run code of its own, and a damaged page must be noticed.
            opened.Execute("PRAGMA trusted_schema = OFF");
            opened.Execute("PRAGMA cell_size_check = ON");
            opened.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(int)busyTimeout.TotalMilliseconds}"));
            if (readOnly)
            {
                // The first look into the file.
                opened.Number("PRAGMA schema_version");
            }

            return opened;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>The first column of the first row, or null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    /// <summary>The first column of the first row as a number, 0 where there is none.</summary>
    public long Number(string sql, params ReadOnlySpan<object?> values) => Scalar(sql, values) is long value ? value : 0;

    /// <summary>The rows; the caller disposes the reader before it runs the same statement again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>The bytes of the database's own file, without what is in the log.</summary>
    public DatabaseBytes FileBytes() => new(_connection);

    /// <summary>Ends a transaction without a trace, whatever state the connection is in.</summary>
    public void Rollback()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself already.
        }
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (int i = 1; i <= values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"@{i}"), null));
            }

            _commands.Add(sql, command);
        }

        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }
}
