using Rag.Index.Filters;
using Rag.Index.Storage;
using Rag.Index.Text;
using Rag.Index.Storage.Sums;
using Rag.Index.Vectors;

namespace Rag.Index.Reading;

/// <summary>Runs reads of an open index, each over one commit, and keeps what they share. Safe for concurrent use.</summary>
/// <param name="files">The index's files.</param>
/// <param name="options">How it is opened.</param>
/// <param name="builds">Whether this is the writer, which builds the graph of vectors.</param>
internal sealed class IndexReads(IndexFiles files, ChunkIndexOptions options, bool builds) : IDisposable
{
    private readonly ConnectionPool _readers = new(files.Database, options.BusyTimeout);

    public IndexFiles Files => files;

    public ChunkIndexOptions Options => options;

    /// <summary>The vectors in memory.</summary>
    public VectorCache Vectors { get; } = new(files, options.Vectors, builds);

    /// <summary>The terms of chunks that wait to be merged.</summary>
    public PendingIndex Waiting { get; } = new();

    /// <summary>What the database's file was when its writer closed it.</summary>
    public SumsFile Sums { get; } = new(files, options);

    /// <summary>Ids and keys of chunks.</summary>
    public ChunkNames Names { get; } = new();

    /// <summary>What scopes mean.</summary>
    public ScopeCache Scopes { get; } = new(options.MaxCachedScopes);

    /// <summary>One operation over one commit: a read transaction from its first statement to its last.</summary>
    public ValueTask<T> Run<T>(Func<IndexConnection, IndexState, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return ValueTask.FromResult(SqliteErrors.Guard(files.Database, () => _readers.Use(connection => ReadTransaction.Run(connection, read))));
        }
        catch (Exception error)
        {
            return ValueTask.FromException<T>(error);
        }
    }

    /// <summary>Throws where the file is no index that can be read.</summary>
    public void Check() => _readers.Use(connection =>
    {
        Sums.Check(connection);
        IndexSchema.Check(connection);
        return true;
    });

    /// <summary>Throws where the stored terms are another analyzer's.</summary>
    public void RequireAnalyzer(IndexState state)
    {
        if (state.Analyzer is not null && state.Analyzer != options.Analyzer.Fingerprint)
        {
            throw new IncompatibleException(
                $"The index {files.Folder} was built with the analyzer \"{state.Analyzer}\", this one is \"{options.Analyzer.Fingerprint}\". Ingest again from scratch, or use that analyzer.",
                files.Folder);
        }
    }

    public void Dispose() => _readers.Dispose();
}
