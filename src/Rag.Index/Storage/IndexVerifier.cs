using System.Globalization;
using Microsoft.Data.Sqlite;
using Rag.Index.Maintenance;
using Rag.Index.Storage.Sums;
using Rag.Index.Text;
using Rag.Index.Vectors;

namespace Rag.Index.Storage;

/// <summary>Checks that everything in the database fits together.</summary>
internal sealed class IndexVerifier(IndexConnection connection, IndexState state)
{
    // (what is wrong, a query that counts how often)
    private static readonly (string Fault, string Count)[] Invariants =
    [
        ("passages belong to no document", "SELECT count(*) FROM chunks c LEFT JOIN documents d ON d.key = c.document WHERE d.key IS NULL OR c.key < d.first_chunk OR c.key >= d.first_chunk + d.chunks"),
        ("documents lack passages", "SELECT count(*) FROM documents d WHERE d.chunks <> (SELECT count(*) FROM chunks c WHERE c.key >= d.first_chunk AND c.key < d.first_chunk + d.chunks AND c.document = d.key)"),
        ("passages lie outside their document's text", "SELECT count(*) FROM chunks c JOIN documents d ON d.key = c.document WHERE c.first < 0 OR c.past < c.first OR c.past > d.length"),
        ("pieces of text belong to no document", "SELECT count(*) FROM texts t LEFT JOIN documents d ON d.key = t.key >> 20 WHERE d.key IS NULL"),
        ("vectors belong to no passage", "SELECT count(*) FROM vectors v LEFT JOIN chunks c ON c.key = v.chunk WHERE c.key IS NULL"),
        ("term records belong to no passage", "SELECT count(*) FROM terms t LEFT JOIN chunks c ON c.key = t.chunk WHERE c.key IS NULL"),
        ("passages have no term record", "SELECT count(*) FROM chunks c LEFT JOIN terms t ON t.chunk = c.key WHERE t.chunk IS NULL"),
        ("metadata belong to no document", "SELECT count(*) FROM metadata m LEFT JOIN documents d ON d.key = m.document WHERE d.key IS NULL"),
        ("access entries belong to no document, or to other passages than its own", "SELECT count(*) FROM access a LEFT JOIN documents d ON d.key = a.document WHERE d.key IS NULL OR d.first_chunk <> a.first_chunk OR d.chunks <> a.chunks"),
        ("keys are not below the next one", "SELECT (SELECT count(*) FROM chunks, state WHERE chunks.key >= next_chunk) + (SELECT count(*) FROM documents, state WHERE documents.key >= next_document)"),
    ];

    private readonly List<string> _faults = [];

    /// <summary>Told how far the check is.</summary>
    public IProgress<IndexProgress>? Progress { get; init; }

    /// <summary>What the database's file was when its writer closed it.</summary>
    public SumsFile? Sums { get; init; }

    /// <summary>Runs all checks.</summary>
    public IReadOnlyList<string> Run(CancellationToken cancellationToken)
    {
        Begin("pages", 0);
        CheckPages();
        Begin("tables", 1);
        foreach ((string fault, string count) in Invariants)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Report(connection.Number(count), fault);
        }

        CheckRows("documents", $"SELECT {DocumentRow.Columns} FROM documents d", row => DocumentRow.Read(row, connection.Path), cancellationToken);
        CheckRows("chunks", $"SELECT {ChunkRow.Columns} FROM chunks", row => ChunkRow.Read(row, connection.Path), cancellationToken);
        CheckRows("access", $"SELECT {AccessRow.Columns} FROM access", row => AccessRow.Read(row, connection.Path), cancellationToken);
        Begin("vectors", 2);
        CheckVectors(cancellationToken);
        new KindVerifier(connection, state, _faults).Run(cancellationToken);
        Begin("texts", 3);
        CheckTexts(cancellationToken);
        Begin("terms", 4);
        CheckTerms(cancellationToken);
        CheckAccess(cancellationToken);
        return _faults;
    }

    private void Begin(string step, int number) => Progress?.Report(new(step, number, 5));

    private void CheckPages()
    {
        if (Sums?.FindDifference(connection, long.MaxValue) is { } difference)
        {
            _faults.Add($"The file {connection.Path} {difference}.");
        }

        using SqliteDataReader row = connection.Query("PRAGMA integrity_check");
        while (row.Read())
        {
            if (row.GetString(0) != "ok")
            {
                _faults.Add($"The database itself is damaged: {row.GetString(0)}.");
            }
        }
    }

    private void CheckRows<TRow>(string table, string query, Func<SqliteDataReader, TRow> read, CancellationToken cancellationToken)
    {
        int number = 0;
        using SqliteDataReader row = connection.Query(query);
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            Try(string.Create(CultureInfo.InvariantCulture, $"Row {number} of {table} is damaged"), () => read(row));
        }
    }

    private void CheckVectors(CancellationToken cancellationToken)
    {
        if (Manifests.Read(state.Manifest, connection.Path)?.Embedding is not { } embedding)
        {
            Report(connection.Number("SELECT count(*) FROM vectors"), "vectors are stored in a text-only index");
            return;
        }

        Report(connection.Number("SELECT count(*) FROM chunks c LEFT JOIN vectors v ON v.chunk = c.key WHERE v.chunk IS NULL"), "passages have no vector");
        float[] unit = new float[embedding.Dimensions];
        DocumentStore documents = new(connection);
        using SqliteDataReader row = connection.Query("SELECT chunk, text_hash, data FROM vectors");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Try($"The vector of passage {Key(row)} is damaged", () => VectorStore.Read(row, new(embedding), unit, connection.Path));
            Try($"The text that the vector of passage {Key(row)} was made of cannot be told", () =>
            {
                if (documents.ReadChunk(row.GetInt64(0)) is { } chunk && !VectorStore.Hash(chunk).AsSpan().SequenceEqual((byte[])row[1]))
                {
                    _faults.Add($"The vector of passage {Key(row)} is not of its text.");
                }
            });
        }
    }

    private void CheckTexts(CancellationToken cancellationToken)
    {
        DocumentStore store = new(connection);
        using SqliteDataReader row = connection.Query("SELECT id FROM documents");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            string id = row.GetString(0);
            Try($"The text of document {id} is damaged", () => _ = store.Read(id));
        }
    }

    private void CheckTerms(CancellationToken cancellationToken)
    {
        PostingsTotals records = new(), waiting = new(), postings = new(), pending = new();
        long chunks = 0, length = 0;
        using (SqliteDataReader row = connection.Query("SELECT chunk, data FROM terms"))
        {
            while (row.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                long chunk = row.GetInt64(0);
                byte[] record = (byte[])row[1];
                chunks++;
                Try($"The terms of passage {Key(row)} are damaged", () =>
                {
                    (int terms, ulong positions) = TermsRecord.Head(record, chunk, connection.Path);
                    length += terms;
                    PostingsTotals totals = chunk <= state.Merged ? records : waiting;
                    totals.AddPositions(positions);
                    TermsRecord.Decode(record, chunk, withPositions: false, connection.Path, (term, posting, _) => totals.Add(term, posting));
                });
            }
        }

        CheckPostings(postings, cancellationToken);
        CheckPending(pending, cancellationToken);
        Report(waiting.Equals(pending) ? 0 : 1, "difference between what waits to be merged and the terms of the passages");
        Report(records.Equals(postings) ? 0 : 1, "difference between the postings and the terms of the passages");
        Report(Math.Abs(chunks - state.Chunks), "passages more or fewer than the state says");
        Report(Math.Abs(length - state.TotalLength), "terms more or fewer than the state says");
    }

    private void CheckAccess(CancellationToken cancellationToken)
    {
        PostingsStore postings = new(connection);
        List<(long First, int Chunks, long Length)> entries = [];
        using (SqliteDataReader row = connection.Query("SELECT DISTINCT document, first_chunk, chunks, length FROM access"))
        {
            while (row.Read())
            {
                entries.Add((row.GetInt64(1), row.GetInt32(2), row.GetInt64(3)));
            }
        }

        long wrong = 0;
        foreach ((long first, int chunks, long length) in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Try("The terms of a document with access entries are damaged", () => wrong += postings.Length(first, chunks) == length ? 0 : 1);
        }

        Report(wrong, "access entries have another number of terms than their document");
    }

    private void CheckPostings(PostingsTotals totals, CancellationToken cancellationToken)
    {
        PostingsList block = new();
        long unordered = 0;
        using SqliteDataReader row = connection.Query("SELECT first, data, positions, term FROM postings");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] term = (byte[])row[3];
            block.Clear();
            Try("A block of postings is damaged", () =>
            {
                PostingsBlock.Decode((byte[])row[1], term, row.GetInt64(0), connection.Path, block.Postings);
                PostingsBlock.DecodePositions((byte[])row[2], term, row.GetInt64(0), PostingsBlock.Span(block.Postings), connection.Path, block.Positions);
                unordered += Count(term, block, totals);
            });
        }

        Report(unordered, "postings are out of order");
    }

    private void CheckPending(PostingsTotals totals, CancellationToken cancellationToken)
    {
        using SqliteDataReader row = connection.Query("SELECT chunk, data FROM pending");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            long chunk = row.GetInt64(0);
            byte[] record = (byte[])row[1];
            Try($"The waiting terms of passage {Key(row)} are damaged", () => TermsRecord.Decode(record, chunk, withPositions: true, connection.Path, (term, posting, positions) =>
            {
                totals.Add(term, posting);
                totals.AddPositions(PostingsTotals.HashPositions(term, chunk, positions));
            }));
        }
    }

    // Adds a block to the totals and counts what is not above the posting before it.
    private static long Count(byte[] term, PostingsList block, PostingsTotals totals)
    {
        long unordered = 0, last = -1;
        ReadOnlySpan<int> positions = PositionCodec.Span(block.Positions);
        foreach (Posting posting in block.Postings)
        {
            totals.Add(term, posting);
            totals.AddPositions(PostingsTotals.HashPositions(term, posting.Chunk, positions[..posting.Frequency]));
            positions = positions[posting.Frequency..];
            unordered += posting.Chunk <= last ? 1 : 0;
            last = posting.Chunk;
        }

        return unordered;
    }

    private void Try(string fault, Action check)
    {
        try
        {
            check();
        }
        catch (CorruptException)
        {
            _faults.Add($"{fault}.");
        }
    }

    private void Report(long count, string fault)
    {
        if (count != 0)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {fault}."));
        }
    }

    private static string Key(SqliteDataReader row) => row.GetInt64(0).ToString(CultureInfo.InvariantCulture);
}
