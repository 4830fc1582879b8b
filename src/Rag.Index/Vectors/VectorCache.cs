using Rag.Index.Storage;
using Rag.Index.Vectors.Caching;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors;

/// <summary>
/// Keeps the vectors of the newest generation seen in memory, loaded when first needed: from the cache file, then what is newer from
/// the database. After commits that only added, only what is new is read; what was removed becomes a hole. A writer's graph follows
/// on a thread of its own. Safe for concurrent use.
/// </summary>
/// <param name="files">Where the cache file is.</param>
/// <param name="options">How vectors are held.</param>
/// <param name="builds">Whether this is the writer, which builds the graph and keeps the file.</param>
internal sealed class VectorCache(IndexFiles files, VectorSearchOptions options, bool builds) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly GraphBuilder _builder = new(options);
    private VectorSnapshot? _snapshot;
    private byte[]? _file;

    /// <summary>The vectors of the connection's open transaction; null where the cache is ahead of it.</summary>
    public VectorSnapshot? Get(IndexConnection connection, IndexState state, VectorForm form)
    {
        lock (_lock)
        {
            if (_snapshot?.Matrix.Generation > state.Generation)
            {
                return null;
            }

            RowFormat format = new(form, options.Precision);
            if (_snapshot is null || _snapshot.Matrix.Generation != state.Generation || _snapshot.Matrix.Rows.Format != format)
            {
                Load(connection, state, format);
            }

            if (builds && _builder.IsBehind(_snapshot!))
            {
                _builder.Start(_snapshot!);
            }

            return _snapshot = _builder.Latest(_snapshot!);
        }
    }

    /// <summary>Ends building on the other thread and waits for it.</summary>
    public void Stop() => _builder.Stop();

    public void Dispose() => _builder.Dispose();

    /// <summary>Brings the graph to the last commit and keeps it in the file where enough changed since; to be called by the writer when it closes.</summary>
    /// <param name="connection">The write connection.</param>
    /// <param name="beforeChange">Called before the database is changed.</param>
    public void Keep(IndexConnection connection, Action beforeChange)
    {
        IndexState state = IndexState.Load(connection);
        bool wanted = options.CacheFile && state.Chunks >= options.ExactBelow && state.Chunks > 0;
        if (Manifests.Read(state.Manifest, connection.Path)?.Embedding is not { } embedding || !wanted)
        {
            // Vectors of what was deleted must not stay behind.
            VectorCacheFile.Delete(files.VectorCache);
            return;
        }

        byte[]? stamp = CacheStamps.Read(connection);
        RowFormat format = new(new(embedding), options.Precision);
        if (stamp is not null && VectorCacheFile.ReadHeader(files.VectorCache, stamp, format, options) is { } header && !IsStale(header, state))
        {
            return;
        }

        VectorSnapshot snapshot = Get(connection, state, new(embedding))!;
        snapshot = _builder.Build(snapshot, CancellationToken.None);
        if (VectorCacheFile.Write(files.VectorCache, snapshot) is { } written)
        {
            beforeChange();
            CacheStamps.Write(connection, written);
        }
    }

    // Rewriting costs as much as the whole file: for a removal it is done at once, for additions when they are a twentieth.
    private static bool IsStale(VectorCacheHeader header, IndexState state) =>
        header.Removals != state.Removals || state.Chunks - header.Count > header.Count / 20;

    private void Load(IndexConnection connection, IndexState state, RowFormat format)
    {
        VectorSnapshot? old = _snapshot?.Matrix.Rows.Format == format ? _snapshot : null;
        if (old is null || (!builds && state.Chunks - (old.Graph?.Count ?? 0) > state.Chunks / 10))
        {
            old = ReadFile(connection, state, format) ?? old;
        }

        VectorOperations operations = old?.Operations ?? VectorOperations.Create(format);
        VectorMatrix matrix = old?.Matrix ?? new(0, state.Removals, new(format), [], 0, null);
        VectorGraph? graph = old?.Graph;
        if (matrix.Removals != state.Removals)
        {
            matrix = MatrixLoader.Prune(connection, matrix);
            if (matrix.Count - matrix.LiveCount > (graph is null ? 0 : matrix.Count / 4))
            {
                (matrix, graph) = (MatrixLoader.Compact(matrix), null);
            }
        }

        _snapshot = new(MatrixLoader.Append(connection, matrix, state), graph, operations, options);
    }

    private VectorSnapshot? ReadFile(IndexConnection connection, IndexState state, RowFormat format)
    {
        if (!options.CacheFile || state.Chunks < options.ExactBelow || CacheStamps.Read(connection) is not { } stamp || _file?.AsSpan().SequenceEqual(stamp) == true)
        {
            return null;
        }

        _file = stamp;
        return VectorCacheFile.Read(files.VectorCache, stamp, format, options, state);
    }
}
