using Rag.Documents;
using Rag.Index.Maintenance;
using Rag.Index.Storage;
using Rag.Index.Storage.Migrations;
using Rag.Index.Storage.Sums;
using Rag.Index.Text;
using Rag.Index.Vectors;

namespace Rag.Index.Writing;

/// <summary>
/// The write connection: every change is one transaction that is on the disk when it returns (write-ahead log, synchronous FULL),
/// or has left no trace. Used by one thread at a time.
/// </summary>
internal sealed class IndexWriter : IDisposable
{
    private readonly WriterLock _lock;
    private readonly IndexConnection _connection;
    private readonly DocumentStore _documents;
    private readonly PostingsStore _postings;
    private readonly AttributeStore _attributes;
    private readonly VectorStore _vectors;
    private readonly KindStore _kinds;
    private readonly ChunkIndexOptions _options;
    private readonly SumsFile _sums;

    private IndexWriter(WriterLock writerLock, IndexConnection connection, SumsFile sums, ChunkIndexOptions options)
    {
        (_lock, _connection, _sums, _options) = (writerLock, connection, sums, options);
        _documents = new(connection);
        _postings = new(connection);
        _attributes = new(connection);
        _vectors = new(connection);
        _kinds = new(connection);
    }

    /// <summary>Takes the lock, opens the database, creates it where there is none, brings it up to date where it is older.</summary>
    public static IndexWriter Open(IndexFiles files, ChunkIndexOptions options)
    {
        WriterLock writerLock = WriterLock.Take(files, options.Folder);
        IndexConnection? connection = null;
        try
        {
            connection = IndexConnection.Open(files.Database, readOnly: false, options.BusyTimeout);
            connection.Execute("PRAGMA synchronous = FULL");

            // What is deleted is overwritten with zeros, not only forgotten.
            connection.Scalar("PRAGMA secure_delete = ON");
            SumsFile sums = new(files, options);
            sums.Check(connection);
            if (IndexSchema.Version(connection) != IndexSchema.FormatVersion)
            {
                sums.Remove();
            }

            IndexSchema.CreateIfNew(connection);
            IndexMigrations.Run(connection, options);
            IndexSchema.Check(connection);
            return new(writerLock, connection, sums, options);
        }
        catch
        {
            connection?.Dispose();
            writerLock.Dispose();
            throw;
        }
    }

    /// <summary>The state of the last commit.</summary>
    public IndexState State() => IndexState.Load(_connection);

    /// <summary>Brings the cache file of the vectors to the last commit.</summary>
    public void KeepVectors(VectorCache vectors) => vectors.Keep(_connection, _sums.Remove);

    /// <summary>Whether any document is stored.</summary>
    public bool HoldsDocuments() => _connection.Scalar("SELECT 1 FROM documents LIMIT 1") is not null;

    /// <summary>Stores the manifest; drops everything where told to.</summary>
    public void SetManifest(string manifest, bool drop) => Commit(state =>
    {
        if (drop)
        {
            foreach (string table in (ReadOnlySpan<string>)["documents", "texts", "chunks", "vectors", "terms", "pending", "postings", "metadata", "access", "sparse", "sparse_postings", "tokens"])
            {
                _connection.Execute($"DELETE FROM {table}");
            }

            Step("dropped");
            state = state with { Chunks = 0, TotalLength = 0, Merged = state.NextChunk - 1, Removals = state.Removals + 1 };
        }

        return state with { Manifest = manifest, Analyzer = _options.Analyzer.Fingerprint };
    });

    /// <summary>Stores documents in place of what was there, all or none of them.</summary>
    public void Upsert(IReadOnlyList<PreparedDocument> documents, CancellationToken cancellationToken) => Commit(state =>
    {
        state = Remove([.. documents.Select(document => _documents.Find(document.Indexed.Document.Id)).OfType<StoredDocument>()], state);
        foreach (PreparedDocument document in documents)
        {
            state = Add(document, state, cancellationToken);
        }

        return documents.Count == 0 ? null : state;
    });

    /// <summary>Gives a document other attributes.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Update(string id, DocumentAttributes attributes, string? fingerprint)
    {
        bool found = false;
        Commit(state =>
        {
            if (_documents.FindRow(id) is not { } row)
            {
                return null;
            }

            StoredDocument place = row.Place;
            found = true;
            _attributes.Remove(place.Key);
            _attributes.Add(place, _postings.Length(place.FirstChunk, place.Chunks), attributes);
            if (fingerprint is not null)
            {
                (row with { Fingerprint = fingerprint }).UpdateFingerprint(_connection);
            }

            Step("attributes");
            return state with { Revisions = state.Revisions + 1 };
        });
        return found;
    }

    /// <summary>Makes anew what follows from documents and chunks.</summary>
    public void Rebuild(IProgress<IndexProgress>? progress, CancellationToken cancellationToken) =>
        Commit(state => new CacheRebuild(_connection, _options.Analyzer).Run(state, progress, cancellationToken));

    /// <summary>
    /// Moves the log into the database where no reader is in the way. SQLite does so when the last connection closes, but not
    /// where that is a reader's, and the log would stay as large as it grew. What then lies in the database's file is put on record.
    /// </summary>
    public void MergeLog()
    {
        _connection.Execute("PRAGMA busy_timeout = 0");
        if (_connection.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") is 0L)
        {
            _sums.Write(_connection);
        }
    }

    /// <summary>Removes documents, all or none of them.</summary>
    /// <returns>How many there were.</returns>
    public int Delete(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        int found = 0;
        Commit(state =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoredDocument[] places = [.. ids.Distinct(StringComparer.Ordinal).Select(_documents.Find).OfType<StoredDocument>()];
            found = places.Length;
            return found == 0 ? null : Remove(places, state);
        });
        return found;
    }

    /// <summary>Merges what still waits, so that the next process that opens the index finds nothing to wait for.</summary>
    public void MergeAll() => Commit(state => state.NextChunk - 1 > state.Merged ? Merge(state, 1) : null);

    public void Dispose()
    {
        _connection.Dispose();
        _lock.Dispose();
    }

    private IndexState Add(PreparedDocument document, IndexState state, CancellationToken cancellationToken)
    {
        IndexedDocument indexed = document.Indexed;
        StoredDocument place = new(state.NextDocument, state.NextChunk, indexed.Chunks.Count);
        RefuseForeignChunks(indexed);
        _documents.Add(indexed, document.Text, place);
        Step("document");
        long length = 0;
        for (int i = 0; i < place.Chunks; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TermCounts terms = document.TermsOf(i);
            _postings.Add(place.FirstChunk + i, terms);
            length += terms.Length;
            if (document.VectorOf(i) is { } vector)
            {
                _vectors.Add(place.FirstChunk + i, indexed.Chunks[i], vector);
            }

            _kinds.Add(place.FirstChunk + i, indexed.Chunks[i], indexed.SparseVectors?[i], indexed.TokenVectors?[i]);
        }

        _attributes.Add(place, length, new() { Metadata = indexed.Document.Metadata, Access = indexed.Document.Access });
        Step("chunks");
        return Merge(state with
        {
            Chunks = state.Chunks + place.Chunks,
            TotalLength = checked(state.TotalLength + length),
            NextDocument = state.NextDocument + 1,
            NextChunk = state.NextChunk + place.Chunks,
        }, PostingsStore.MergeThreshold(state.Chunks, _options.MaxWaitingChunks));
    }

    private IndexState Remove(StoredDocument[] places, IndexState state)
    {
        if (places.Length == 0)
        {
            return state;
        }

        long length = _postings.Remove(places, state.Merged), chunks = 0;
        foreach (StoredDocument place in places)
        {
            _vectors.Remove(place.FirstChunk, place.Chunks);
            _kinds.Remove(place.FirstChunk, place.Chunks, state.Merged);
            _documents.Remove(place);
            _attributes.Remove(place.Key);
            chunks += place.Chunks;
        }

        Step("removed");
        return state with { Chunks = state.Chunks - chunks, TotalLength = state.TotalLength - length, Removals = state.Removals + 1 };
    }

    private IndexState Merge(IndexState state, long threshold)
    {
        if (state.NextChunk - 1 - state.Merged < threshold)
        {
            return state;
        }

        _postings.Merge();
        _kinds.Merge(state.Merged, state.NextChunk);
        Step("merged");
        return state with { Merged = state.NextChunk - 1 };
    }

    // A chunk id that belongs to another document would break the promise that ids name one chunk.
    private void RefuseForeignChunks(IndexedDocument indexed)
    {
        foreach (var chunk in indexed.Chunks)
        {
            if (_documents.FindChunk(chunk.Id) is not null)
            {
                throw new ArgumentException($"Chunk {chunk.Id} is stored as a part of another document; document {indexed.Document.Id} is not stored.", nameof(indexed));
            }
        }
    }

    /// <summary>Runs a change in a transaction; null from it means that there is nothing to change.</summary>
    private void Commit(Func<IndexState, IndexState?> change)
    {
        _sums.Remove();
        _connection.Execute("BEGIN IMMEDIATE");
        try
        {
            IndexState? state = change(State());
            if (state is null)
            {
                _connection.Rollback();
                return;
            }

            state.Save(_connection);
            Step("saved");
            _connection.Execute("COMMIT");
        }
        catch
        {
            _connection.Rollback();
            throw;
        }

        Step("committed");
    }

    private void Step(string name) => _options.OnStep?.Invoke(name);
}
