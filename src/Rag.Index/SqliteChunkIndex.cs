using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Maintenance;
using Rag.Index.Maintenance.Exchange;
using Rag.Index.Reading;
using Rag.Index.Storage;
using Rag.Index.Vectors;
using Rag.Index.Storage.Migrations;
using Rag.Index.Text;
using Rag.Index.Writing;

namespace Rag.Index;

/// <summary>
/// The embedded index: one folder on disk, no server. Documents, chunks, vectors and BM25 postings are in one SQLite database in
/// WAL mode with synchronous FULL: what a call acknowledged survives a crash and a power loss, what it did not leaves no trace.
/// One writer and any number of readers, in any number of processes; a reader sees the last commit, during a write too. Search is
/// exact: every vector is compared, every posting of the question's terms counted; only where there are many vectors
/// (<see cref="VectorSearchOptions.ExactBelow"/>) the nearest are found over a graph, which may miss a few. Members are safe for
/// concurrent use; reads run in parallel, writes one after another. Work is done on the calling thread. Read directly, the index
/// shows what is open to all; <see cref="Within"/> reads for somebody.
/// </summary>
public sealed class SqliteChunkIndex : IChunkIndex
{
    private readonly IndexFiles _files;
    private readonly ChunkIndexOptions _options;
    private readonly IndexWriter? _writer;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly IndexReads _reads;
    private readonly ScopedReader _open;
    private bool _disposed;

    private SqliteChunkIndex(IndexFiles files, ChunkIndexOptions options, IndexWriter? writer)
    {
        (_files, _options, _writer) = (files, options, writer);
        _reads = new(files, options, builds: writer is not null);
        _open = new(_reads, SearchScope.Public);
    }

    /// <summary>
    /// Opens the index in a folder. One that is to be written is created where there is none, and brought up to date where an earlier
    /// release made it, before the call returns.
    /// </summary>
    /// <param name="folder">The folder; the index keeps index.db (with -wal and -shm while open), index.sum, writer.lock and vectors.cache in it.</param>
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

    /// <summary>
    /// Brings the index in a folder up to date where an earlier release made it, which only a writer can; does nothing where it is
    /// up to date, where there is none, and where the file is nothing that could be.
    /// </summary>
    /// <returns>Whether anything was done.</returns>
    /// <exception cref="UnavailableException">It must be brought up to date, and another writer has it open or it cannot be written.</exception>
    public static async ValueTask<bool> UpgradeAsync(string folder, ChunkIndexOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        cancellationToken.ThrowIfCancellationRequested();
        IndexFiles files = new(folder);
        if (!File.Exists(files.Database) || !SqliteErrors.Guard(files.Database, () => IsOutdated(files, options ?? new())))
        {
            return false;
        }

        await (await OpenAsync(folder, options, cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public IChunkReader Within(SearchScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new ScopedReader(_reads, scope);
    }

    /// <inheritdoc/>
    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) => _open.GetManifestAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The index's own analyzer counts too: content that another analyzer made is a difference, whatever the manifest says.</remarks>
    public ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return WriteAsync(writer => ManifestChange.Apply(writer, manifest, replace, _options.Analyzer, _files), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) =>
        _reads.Run<IReadOnlyDictionary<string, DocumentStamp>>((connection, _) => new DocumentStore(connection).Stamps(), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No manifest was set yet.</exception>
    public ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return UpsertManyAsync([document], cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>All of them are one transaction: one wait for the disk.</remarks>
    /// <exception cref="InvalidOperationException">No manifest was set yet.</exception>
    public ValueTask UpsertManyAsync(IReadOnlyList<IndexedDocument> documents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        return Ignore(WriteAsync(
            writer =>
            {
                IndexState state = writer.State();
                IndexManifest manifest = Manifests.Read(state.Manifest, _files.Database)
                    ?? throw new InvalidOperationException("Call SetManifestAsync before the first document: the index must know what its content is made with.");
                _reads.RequireAnalyzer(state);
                foreach (IndexedDocument document in documents)
                {
                    VectorKinds.Check(manifest, document);
                }

                writer.Upsert(PreparedDocument.CreateAll(documents, manifest.Embedding is { } embedding ? new VectorForm(embedding) : null, _options.Analyzer, cancellationToken), cancellationToken);
                return true;
            },
            cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return WriteAsync(writer => writer.Delete([documentId], cancellationToken) > 0, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>All of them are one transaction.</remarks>
    public ValueTask<int> DeleteManyAsync(IReadOnlyList<string> documentIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentIds);
        return WriteAsync(writer => writer.Delete(documentIds, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Found by a hash of the text; the vectors have length 1.</remarks>
    public ValueTask<IReadOnlyList<ReadOnlyMemory<float>?>> FindVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return _reads.Run<IReadOnlyList<ReadOnlyMemory<float>?>>(
            (connection, state) =>
            {
                var found = new ReadOnlyMemory<float>?[chunks.Count];
                if (Manifests.Read(state.Manifest, _files.Database)?.Embedding is { } embedding)
                {
                    VectorStore vectors = new(connection);
                    for (int i = 0; i < found.Length; i++)
                    {
                        if (vectors.Find(chunks[i], new VectorForm(embedding)) is { } vector)
                        {
                            found[i] = vector;
                        }
                    }
                }

                return found;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Found by a hash of the text.</remarks>
    public ValueTask<IReadOnlyList<SparseVector?>> FindSparseVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return _reads.Run<IReadOnlyList<SparseVector?>>(
            (connection, state) => Manifests.Read(state.Manifest, _files.Database)?.Sparse is { } model
                ? [.. chunks.Select(chunk => new SparseStore(connection).Find(VectorStore.Hash(chunk), model.Dimensions))]
                : new SparseVector?[chunks.Count],
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Found by a hash of the text; rounded to 16-bit floats, as they are stored.</remarks>
    public ValueTask<IReadOnlyList<MultiVector?>> FindTokenVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return _reads.Run<IReadOnlyList<MultiVector?>>(
            (connection, state) => Manifests.Read(state.Manifest, _files.Database)?.Tokens is { } model
                ? [.. chunks.Select(chunk => new TokenStore(connection).Find(VectorStore.Hash(chunk), model.Dimensions))]
                : new MultiVector?[chunks.Count],
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> UpdateAsync(string documentId, DocumentAttributes attributes, string? fingerprint = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        ArgumentNullException.ThrowIfNull(attributes);
        AccessRules.Check(attributes.Access);
        return WriteAsync(writer => writer.Update(documentId, attributes, fingerprint), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default) => _open.CountAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The vector has a wrong length, a value that is not finite, or no direction.</exception>
    /// <exception cref="InvalidOperationException">The index is text-only.</exception>
    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default) =>
        _open.SearchVectorAsync(vector, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default) =>
        _open.SearchTextAsync(text, top, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The vector has a wrong length, a value that is not finite, or no direction.</exception>
    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreVectorAsync(vector, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreTextAsync(text, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChunkScores> SearchSparseAsync(SparseVector vector, int top, CancellationToken cancellationToken = default) => _open.SearchSparseAsync(vector, top, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreSparseAsync(SparseVector vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreSparseAsync(vector, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float>?> ScoreTokensAsync(MultiVector question, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.ScoreTokensAsync(question, chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        _open.GetChunksAsync(chunkIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default) =>
        _open.GetDocumentChunksAsync(documentId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default) =>
        _open.GetDocumentAsync(documentId, cancellationToken);

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
        _reads.Run<IReadOnlyList<string>>((connection, state) => new IndexVerifier(connection, state) { Progress = progress, Sums = _reads.Sums }.Run(cancellationToken), cancellationToken);

    /// <summary>Counts what the last commit holds.</summary>
    public ValueTask<IndexStatistics> GetStatisticsAsync(CancellationToken cancellationToken = default) =>
        _reads.Run((connection, state) => StatisticsReader.Read(connection, state, _files, cancellationToken), cancellationToken);

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
            _reads.RequireAnalyzer(writer.State());
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
        return _reads.Run((connection, state) => new IndexExport(connection, state, destination).Run(progress, cancellationToken), cancellationToken);
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
                _reads.Dispose();
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
        index._reads.Check();
        return index;
    }

    private static bool IsOutdated(IndexFiles files, ChunkIndexOptions options)
    {
        using IndexConnection connection = IndexConnection.Open(files.Database, readOnly: true, options.BusyTimeout);
        return IndexMigrations.Starts(IndexSchema.Version(connection));
    }

    private static async ValueTask Ignore(ValueTask<bool> task) => await task.ConfigureAwait(false);

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
            _reads.Vectors.Stop();
            _writer?.MergeAll();
            _writer?.KeepVectors(_reads.Vectors);
            _writer?.MergeLog();
        }
        catch (Exception error) when (error is SqliteException or RagException)
        {
            // Nothing is lost: what waits is merged by the next writer, and a fault shows itself at the next use.
        }
        finally
        {
            _reads.Vectors.Dispose();
            _writer?.Dispose();
        }
    }
}
