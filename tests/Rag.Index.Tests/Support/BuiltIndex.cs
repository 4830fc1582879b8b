using System.Text;
using Rag.Chunks;
using Rag.Evaluation.Datasets;
using Rag.Evaluation.Retrieval;
using Rag.Index.Storage;
using Rag.Index.Text;

namespace Rag.Index.Tests.Support;

/// <summary>A collection's documents as the chunks of an index, one chunk each with the document's id, many to one stored document.</summary>
internal sealed class BuiltIndex : IAsyncDisposable
{
    private const int ChunksPerDocument = 250;

    private readonly TestFolder _folder = new();
    private readonly ITextAnalyzer _analyzer;

    private BuiltIndex(ITextAnalyzer analyzer) => _analyzer = analyzer;

    public static async Task<BuiltIndex> CreateAsync(IEnumerable<(string Id, string Text)> documents, ITextAnalyzer analyzer)
    {
        BuiltIndex built = new(analyzer);
        await using SqliteChunkIndex index = await built.OpenAsync();
        await index.SetManifestAsync(Make.TextOnly, replace: false);
        foreach ((string Id, string Text)[] group in documents.Chunk(ChunksPerDocument))
        {
            StringBuilder text = new();
            List<Chunk> chunks = [];
            string id = $"group of {group[0].Id}";
            foreach ((string chunkId, string passage) in group)
            {
                chunks.Add(new() { Id = chunkId, DocumentId = id, Ordinal = chunks.Count, Range = new(text.Length, text.Length + passage.Length), Text = passage });
                text.Append(passage).Append('\n');
            }

            await index.UpsertAsync(new(new() { Id = id, Text = text.ToString(), ContentHash = id }, "f", chunks, null));
        }

        return built;
    }

    public ValueTask<SqliteChunkIndex> OpenAsync(double k1 = 1.2, double b = .75) => _folder.OpenAsync(options =>
    {
        (options.K1, options.B, options.Analyzer) = (k1, b, _analyzer);
    });

    /// <summary>Mean nDCG@10 and recall@100 over the queries.</summary>
    public async Task<(double Ndcg, double Recall)> MeasureAsync(
        IReadOnlyCollection<(RetrievalQuery Query, IReadOnlyDictionary<string, int> Judgements)> queries, double k1 = 1.2, double b = .75)
    {
        await using SqliteChunkIndex index = await OpenAsync(k1, b);
        double ndcg = 0, recall = 0;
        foreach (var (query, judgements) in queries)
        {
            ChunkScores found = await index.SearchTextAsync(query.Text, 100);
            ndcg += RetrievalMetrics.Ndcg(found.Ids, judgements, 10);
            recall += RetrievalMetrics.Recall(found.Ids, judgements, 100);
        }

        return (ndcg / queries.Count, recall / queries.Count);
    }

    /// <summary>Chunks, terms on average, and different terms.</summary>
    public (long Chunks, double Average, long Vocabulary) Statistics()
    {
        using IndexConnection connection = IndexConnection.Open(_folder.Database, readOnly: true, TimeSpan.FromSeconds(1));
        IndexState state = IndexState.Load(connection);
        return (state.Chunks, (double)state.TotalLength / state.Chunks, connection.Number("SELECT count(DISTINCT term) FROM postings"));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return default;
    }
}
