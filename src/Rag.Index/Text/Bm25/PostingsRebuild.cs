using Microsoft.Data.Sqlite;
using Rag.Chunks;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// Makes everything that text search reads anew from the stored chunks: terms, postings with positions, total length. What the tables
/// held before, and in which form, does not matter. Runs inside the caller's transaction, in which the documents' own tables must be
/// of this version; keys stay, so vectors and whatever else names chunks stay right.
/// </summary>
internal sealed class PostingsRebuild(IndexConnection connection, ITextAnalyzer analyzer)
{
    // Chunks to a merge: some tens of megabytes while it lasts.
    private const int Batch = 4096;

    private readonly PostingsStore _postings = new(connection);
    private readonly DocumentStore _documents = new(connection);
    private readonly AttributeStore _attributes = new(connection);

    /// <summary>Rebuilds.</summary>
    /// <param name="state">The state of the transaction.</param>
    /// <param name="progress">Told after each document how many chunks are done, of <see cref="IndexState.Chunks"/>.</param>
    /// <param name="cancellationToken">Ends it between chunks; the caller rolls back.</param>
    /// <returns>The state to save: counters, the analyzer, and one more removal, so that no cache of the old postings is taken for right.</returns>
    public IndexState Run(IndexState state, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        connection.Execute(IndexSchema.TextTables);
        long done = 0, length = 0;
        foreach (StoredDocument place in Places())
        {
            long key = place.FirstChunk, before = length;
            foreach (Chunk chunk in _documents.ReadChunks(place))
            {
                cancellationToken.ThrowIfCancellationRequested();
                TermCounts terms = TermCounts.Of(analyzer, chunk.IndexedText);
                _postings.Add(key++, terms);
                length = checked(length + terms.Length);
                if (++done % Batch == 0)
                {
                    _postings.Merge();
                }
            }

            progress?.Report(done);
            _attributes.SetLength(place.Key, length - before);
        }

        _postings.Merge();
        return state with
        {
            Chunks = done,
            TotalLength = length,
            Merged = state.NextChunk - 1,
            Removals = state.Removals + 1,
            Analyzer = analyzer.Fingerprint,
        };
    }

    private List<StoredDocument> Places()
    {
        List<StoredDocument> places = [];
        using SqliteDataReader row = connection.Query($"SELECT {DocumentRow.Columns} FROM documents d ORDER BY d.first_chunk");
        while (row.Read())
        {
            places.Add(DocumentRow.Read(row, connection.Path).Place);
        }

        return places;
    }
}
