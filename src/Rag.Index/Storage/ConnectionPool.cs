using System.Collections.Concurrent;

namespace Rag.Index.Storage;

/// <summary>Read connections, opened as they are needed and kept. Safe for concurrent use.</summary>
internal sealed class ConnectionPool(string path, TimeSpan busyTimeout) : IDisposable
{
    private readonly ConcurrentBag<IndexConnection> _idle = [];
    private volatile bool _disposed;

    /// <summary>Runs something with a connection of its own; one that something went wrong with is not used again.</summary>
    public T Use<T>(Func<IndexConnection, T> action)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteChunkIndex));
        IndexConnection connection = _idle.TryTake(out IndexConnection? idle) ? idle : IndexConnection.Open(path, readOnly: true, busyTimeout);
        try
        {
            T result = action(connection);
            Return(connection);
            return result;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        Drain();
    }

    private void Return(IndexConnection connection)
    {
        if (connection.IsImmutable)
        {
            connection.Dispose();
            return;
        }

        _idle.Add(connection);
        if (_disposed)
        {
            Drain();
        }
    }

    private void Drain()
    {
        while (_idle.TryTake(out IndexConnection? connection))
        {
            connection.Dispose();
        }
    }
}
