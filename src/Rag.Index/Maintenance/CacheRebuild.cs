using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Index.Storage;
using Rag.Index.Text;

namespace Rag.Index.Maintenance;

/// <summary>
/// Makes anew whatever follows from documents and chunks: term records, postings, the counters of both; drops records that belong
/// to nothing. Runs inside the caller's transaction.
/// </summary>
internal sealed class CacheRebuild(IndexConnection connection, ITextAnalyzer analyzer)
{
    // Records are merged in stretches, so that the postings of a few thousand chunks are in memory and not of all.
    private const int Stretch = 4_096;

    private readonly PostingsStore _postings = new(connection);

    public IndexState Run(IndexState state, IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
    {
        connection.Execute("DELETE FROM postings");
        connection.Execute("DELETE FROM terms");
        connection.Execute("DELETE FROM vectors WHERE chunk NOT IN (SELECT key FROM chunks)");
        DocumentStore store = new(connection);
        long total = connection.Number("SELECT count(*) FROM chunks"), chunks = 0, length = 0, merged = 0, last = 0;
        foreach (StoredDocument place in Places())
        {
            cancellationToken.ThrowIfCancellationRequested();
            long key = place.FirstChunk;
            foreach (Chunk chunk in store.ReadChunks(place))
            {
                TermCounts terms = TermCounts.Of(analyzer, chunk.IndexedText);
                _postings.Add(key, terms);
                length = checked(length + terms.Length);
                (chunks, last) = (chunks + 1, key++);
            }

            if (last - merged >= Stretch)
            {
                _postings.Merge(merged);
                merged = last;
            }

            progress?.Report(new("passages", chunks, total));
        }

        _postings.Merge(merged);
        return state with { Chunks = chunks, TotalLength = length, Merged = state.NextChunk - 1, Removals = state.Removals + 1, Analyzer = analyzer.Fingerprint };
    }

    // Whole before the first change: a statement must not read what the next one writes.
    private List<StoredDocument> Places()
    {
        List<StoredDocument> places = [];
        using SqliteDataReader row = connection.Query("SELECT key, first_chunk, chunks FROM documents ORDER BY first_chunk");
        while (row.Read())
        {
            places.Add(new(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2)));
        }

        return places;
    }
}
