using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Maintenance;
using Rag.Index.Maintenance.Exchange;
using Rag.Index.Storage;
using Rag.Index.Text;
using Rag.Index.Vectors;
using Rag.Index.Writing;

namespace Rag.Index;

/// <summary>
/// The embedded index: one folder on disk, no server. Documents, chunks, vectors and BM25 postings are in one SQLite database in
/// WAL mode with synchronous FULL: what a call acknowledged survives a crash and a power loss, what it did not leaves no trace.
/// One writer and any number of readers, in any number of processes; a reader sees the last commit, during a write too. Search is
/// exact: every vector is compared, every posting of the question's terms counted. Members are safe for concurrent use; reads run
/// in parallel, writes one after another. Work is done on the calling thread.
/// </summary>
public sealed class SqliteChunkIndex : IChunkIndex
{
    private readonly IndexFiles _files;
    private readonly ChunkIndexOptions _options;
    private readonly IndexWriter? _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConnectionPool _readers;
    private readonly VectorCache _vectors = new();
    private bool _disposed;

    private SqliteChunkIndex(IndexFiles files, ChunkIndexOptions options, IndexWriter? writer)
    {
        (_files, _options, _writer) = (files, options, writer);
        _readers = new(files.Database, options.BusyTimeout);
    }

    /// <summary>Opens the index in a folder; one that is to be written is created where there is none.</summary>
    /// <param name="folder">The folder; the index keeps index.db (with -wal and -shm while open) and writer.lock in it.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="cancellationToken">Ends opening.</param>
    /// <exception cref="UnavailableException">Another writer has it open, it cannot be reached, or there is none to read.</exception>
    /// <exception cref="CorruptException">The file is damaged or no database.</exception>
    /// <exception cref="IncompatibleException">The file is another program's database, or of another format version.</exception>
    public static ValueTask<SqliteChunkIndex> OpenAsync(string folder, ChunkIndexOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        cancellationToken.ThrowIfCancellationRequested();
        options ??= new();
        options.Validate();
        IndexFiles files = new(folder);
        return ValueTask.FromResult(SqliteErrors.Guard(files.Database, () => options.ReadOnly ? OpenReader(files, options) : new(files, options, IndexWriter.Open(files, options))));
    }

    /// <inheritdoc/>
    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) =>
        Read((_, state) => Manifests.Read(state.Manifest, _files.Database), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The index's own analyzer counts too: content that another analyzer made is a difference, whatever the manifest says.</remarks>
    public ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return WriteAsync(writer => ManifestChange.Apply(writer, manifest, replace, _options.Analyzer, _files), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) =>
        Read<IReadOnlyDictionary<string, DocumentStamp>>((connection, _) => new DocumentStore(connection).Stamps(), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No manifest was set yet.</exception>
    public ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Ignore(WriteAsync(
            writer =>
            {
                IndexState state = writer.State();
                IndexManifest manifest = Manifests.Read(state.Manifest, _files.Database)
                    ?? throw new InvalidOperationException("Call SetManifestAsync before the first document: the index must know what its content is made with.");
                RequireAnalyzer(state);
                writer.Upsert(PreparedDocument.Create(document, manifest.Embedding?.Dimensions, _options.Analyzer, cancellationToken), cancellationToken);
                return true;
            },
            cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return WriteAsync(writer => writer.Delete(documentId), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The vector has a wrong length, a value that is not finite, or no direction.</exception>
    /// <exception cref="InvalidOperationException">The index is text-only.</exception>
    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Read(
            (connection, state) => VectorQuery.Create(vector.Span, state, _vectors, connection) is not { } query
                ? state.Manifest is null ? new ChunkScores([], [], 0) : throw new InvalidOperationException($"The index {_files.Folder} is text-only: it holds no vectors.")
                : VectorScan.Search(query.Matrix, query.Unit, top, new DocumentStore(connection).ChunkId, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Read(
            (connection, state) => TextQuery(connection, state).Search(text, top, new DocumentStore(connection).ChunkId, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The vector has a wrong length, a value that is not finite, or no direction.</exception>
    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Read<IReadOnlyList<float>?>(
            (connection, state) => VectorQuery.Create(vector.Span, state, _vectors, connection)?.Score(Keys(connection, chunkIds)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Read<IReadOnlyList<float>?>(
            (connection, state) => TextQuery(connection, state).Score(text, Keys(connection, chunkIds), cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Read<IReadOnlyList<Chunk>>(
            (connection, _) =>
            {
                DocumentStore store = new(connection);
                return [.. chunkIds.Select(store.ReadChunk).OfType<Chunk>()];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Read<IReadOnlyList<Chunk>>(
            (connection, _) =>
            {
                DocumentStore store = new(connection);
                return store.Find(documentId) is { } place ? store.ReadChunks(place) : [];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Read((connection, _) => new DocumentStore(connection).Read(documentId), cancellationToken);
    }

    /// <summary>
    /// Reads everything and checks that it fits together: the database's own pages, every checksum, every document's text, chunks,
    /// vectors and terms, the postings against the terms, the counters against what they count.
    /// </summary>
    /// <returns>A sentence for each fault; empty where the index is sound.</returns>
    public ValueTask<IReadOnlyList<string>> VerifyAsync(CancellationToken cancellationToken = default) => VerifyAsync(null, cancellationToken);

    /// <inheritdoc cref="VerifyAsync(CancellationToken)"/>
    /// <param name="progress">Told how far it is, on the calling thread.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public ValueTask<IReadOnlyList<string>> VerifyAsync(IProgress<IndexProgress>? progress, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<string>>((connection, state) => new IndexVerifier(connection, state) { Progress = progress }.Run(cancellationToken), cancellationToken);

    /// <summary>Counts what the last commit holds.</summary>
    public ValueTask<IndexStatistics> GetStatisticsAsync(CancellationToken cancellationToken = default) =>
        Read((connection, state) => StatisticsReader.Read(connection, state, _files, cancellationToken), cancellationToken);

    /// <summary>
    /// Makes terms, postings and counters anew from the stored documents, and drops what belongs to nothing, in one transaction:
    /// a reader sees the old ones or the new ones. Documents, chunks and vectors stay as they are.
    /// </summary>
    /// <param name="progress">Told how far it is, on the calling thread.</param>
    /// <param name="cancellationToken">Ends it; the index is then as it was.</param>
    /// <exception cref="CorruptException">A document's own text is damaged.</exception>
    public ValueTask RebuildAsync(IProgress<IndexProgress>? progress = null, CancellationToken cancellationToken = default) => Ignore(WriteAsync(
        writer =>
        {
            RequireAnalyzer(writer.State());
            writer.Rebuild(progress, cancellationToken);
            return true;
        },
        cancellationToken));

    /// <summary>
    /// Writes the last commit as lines of JSON: manifest, documents with structure, chunks and vectors (32-bit floats as Base64).
    /// Writes are synchronous, on the calling thread.
    /// </summary>
    /// <param name="destination">Where; stays open.</param>
    /// <param name="progress">Told how far it is, on the calling thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Documents written.</returns>
    public ValueTask<long> ExportAsync(Stream destination, IProgress<IndexProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return Read((connection, state) => new IndexExport(connection, state, destination).Run(progress, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Stores what <see cref="ExportAsync"/> wrote, one document a commit, in place of documents of the same ids. The source is
    /// not trusted: lengths, ranges, ids and vectors are checked, and memory grows only with what is there.
    /// </summary>
    /// <param name="source">The lines; stays open.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <param name="progress">Told how far it is, on the calling thread.</param>
    /// <param name="cancellationToken">Ends it between two documents.</param>
    /// <returns>Documents stored.</returns>
    /// <exception cref="CorruptException">A line is not what it must be; names it. The documents before it are stored.</exception>
    /// <exception cref="IncompatibleException">The index was built with something else, or the export has another version.</exception>
    /// <exception cref="LimitExceededException">A limit of the options was passed.</exception>
    public ValueTask<long> ImportAsync(Stream source, ImportOptions? options = null, IProgress<IndexProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new();
        options.Validate();
        string location = source is FileStream file ? file.Name : "stream";
        return new IndexImport(this, new(source, options.MaxLineBytes, location), options, location).RunAsync(progress, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Hands out itself and the <see cref="ITextAnalyzer"/>.</remarks>
    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(this) ? this : serviceType.IsInstanceOfType(_options.Analyzer) ? _options.Analyzer : null;
    }

    /// <summary>Ends a running write, merges what waits to be merged, closes the files and frees the writer's lock.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                _readers.Dispose();
                MergeAndClose();
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    private static SqliteChunkIndex OpenReader(IndexFiles files, ChunkIndexOptions options)
    {
        if (!File.Exists(files.Database))
        {
            throw new UnavailableException($"There is no index in {files.Folder}. Ingest documents first, or name the folder that holds one.", files.Folder);
        }

        SqliteChunkIndex index = new(files, options, writer: null);
        return index._readers.Use(connection =>
        {
            IndexSchema.Check(connection);
            return index;
        });
    }

    private static async ValueTask Ignore(ValueTask<bool> task) => await task.ConfigureAwait(false);

    private static List<long?> Keys(IndexConnection connection, IReadOnlyList<string> chunkIds)
    {
        DocumentStore store = new(connection);
        return [.. chunkIds.Select(store.FindChunk)];
    }

    private Bm25Search TextQuery(IndexConnection connection, IndexState state)
    {
        RequireAnalyzer(state);
        return new(connection, state, _options);
    }

    private void RequireAnalyzer(IndexState state)
    {
        if (state.Analyzer is not null && state.Analyzer != _options.Analyzer.Fingerprint)
        {
            throw new IncompatibleException(
                $"The index {_files.Folder} was built with the analyzer \"{state.Analyzer}\", this one is \"{_options.Analyzer.Fingerprint}\". Ingest again from scratch, or use that analyzer.",
                _files.Folder);
        }
    }

    // One operation over one commit: a read transaction from its first statement to its last.
    private ValueTask<T> Read<T>(Func<IndexConnection, IndexState, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return ValueTask.FromResult(SqliteErrors.Guard(_files.Database, () => _readers.Use(connection => ReadTransaction.Run(connection, read))));
        }
        catch (Exception error)
        {
            return ValueTask.FromException<T>(error);
        }
    }

    private async ValueTask<T> WriteAsync<T>(Func<IndexWriter, T> write, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            IndexWriter writer = _writer ?? throw new InvalidOperationException($"The index {_files.Folder} was opened read-only.");
            return SqliteErrors.Guard(_files.Database, () => write(writer));
        }
        finally
        {
            _writing.Release();
        }
    }

    private void MergeAndClose()
    {
        try
        {
            _writer?.MergeAll();
            _writer?.MergeLog();
        }
        catch (Exception error) when (error is SqliteException or RagException)
        {
            // Nothing is lost: what waits is merged by the next writer, and a fault shows itself at the next use.
        }
        finally
        {
            _writer?.Dispose();
        }
    }
}
