using System.Globalization;
using Microsoft.Data.Sqlite;
using Rag.Index.Maintenance;
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
        ("keys are not below the next one", "SELECT (SELECT count(*) FROM chunks, state WHERE chunks.key >= next_chunk) + (SELECT count(*) FROM documents, state WHERE documents.key >= next_document)"),
    ];

    private readonly List<string> _faults = [];

    /// <summary>Told how far the check is.</summary>
    public IProgress<IndexProgress>? Progress { get; init; }

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

        Begin("vectors", 2);
        CheckVectors(cancellationToken);
        Begin("texts", 3);
        CheckTexts(cancellationToken);
        Begin("terms", 4);
        CheckTerms(cancellationToken);
        return _faults;
    }

    private void Begin(string step, int number) => Progress?.Report(new(step, number, 5));

    private void CheckPages()
    {
        using SqliteDataReader row = connection.Query("PRAGMA integrity_check");
        while (row.Read())
        {
            if (row.GetString(0) != "ok")
            {
                _faults.Add($"The database itself is damaged: {row.GetString(0)}.");
            }
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
        using SqliteDataReader row = connection.Query("SELECT chunk, data FROM vectors");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Try($"The vector of passage {Key(row)} is damaged", () => UnitVector.Decode((byte[])row[1], unit, connection.Path));
        }
    }

    private void CheckTexts(CancellationToken cancellationToken)
    {
        DocumentStore store = new(connection);
        foreach (string id in store.Stamps().Keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Try($"The text of document {id} is damaged", () => _ = store.Read(id));
        }
    }

    private void CheckTerms(CancellationToken cancellationToken)
    {
        PostingsTotals records = new(), postings = new();
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
                    length += new BlobReader(record, connection.Path).Number();
                    TermsRecord.Decode(record, chunk, connection.Path, (term, posting) => records.Add(term, posting, posting.Chunk <= state.Merged));
                });
            }
        }

        CheckPostings(postings, cancellationToken);
        Report(records.Equals(postings) ? 0 : 1, "difference between the postings and the terms of the passages");
        Report(Math.Abs(chunks - state.Chunks), "passages more or fewer than the state says");
        Report(Math.Abs(length - state.TotalLength), "terms more or fewer than the state says");
    }

    private void CheckPostings(PostingsTotals totals, CancellationToken cancellationToken)
    {
        List<Posting> block = [];
        long unordered = 0;
        using SqliteDataReader row = connection.Query("SELECT first, data, term FROM postings");
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] term = (byte[])row[2];
            block.Clear();
            Try("A block of postings is damaged", () => PostingsBlock.Decode((byte[])row[1], row.GetInt64(0), connection.Path, block));
            for (int i = 0; i < block.Count; i++)
            {
                totals.Add(term, block[i], counts: true);
                unordered += i > 0 && block[i].Chunk <= block[i - 1].Chunk ? 1 : 0;
            }
        }

        Report(unordered, "postings are out of order");
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
