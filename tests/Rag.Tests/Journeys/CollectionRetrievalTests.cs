using Rag.Evaluation.Collections;
using Rag.Evaluation.Datasets;
using Rag.Evaluation.Retrieval;
using Rag.Index;
using Rag.Retrieval;
using Rag.Runtime.Embedding;
using Rag.Tests.Support;

namespace Rag.Tests.Journeys;

/// <summary>
/// A sample of what <c>rag eval retrieval</c> measures over whole collections: a dozen claims of SciFact, and the documents
/// that the reference encoder ranked first for them.
/// </summary>
public sealed class CollectionRetrievalTests
{
    private const int Claims = 12;
    private const int DocumentsPerClaim = 12;

    [Fact]
    public async Task SciFactSample_CosinesEqualTheReferenceRunAndTheHybridIsNoWorseThanEitherSide()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string model = SharedData.Require("models", "all-MiniLM-L6-v2");
        string run = SharedData.Require("models", "all-MiniLM-L6-v2", "retrieval", "scifact.dense-minilm.run.gz");
        RetrievalCollection collection = (await CollectionReader.ReadAsync(SharedData.Require("data", "retrieval", "scifact"), cancellationToken: cancellation)).Sample(Claims);
        var reference = await TrecDataset.ReadRunAsync(run, cancellationToken: cancellation);
        HashSet<string> wanted = [.. collection.Queries.SelectMany(query => reference[query.Id].Take(DocumentsPerClaim).Select(pair => pair.Key).Concat(collection.Judgements[query.Id].Keys))];
        collection = collection with { Documents = [.. collection.Documents.Where(document => wanted.Contains(document.Id))] };

        using TemporaryFolder folder = new();
        using SentenceEmbedder encoder = SentenceEmbedder.Load(model);
        using RememberingEmbedder embedder = new(encoder);
        await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder.FolderPath, cancellationToken: cancellation);
        await CollectionIndexer.FillAsync(collection, index, encoder, cancellationToken: cancellation);

        int compared = 0;
        HybridRetriever dense = new(index, embedder, new HybridRetrieverOptions { Mode = RetrievalMode.Dense });
        foreach (RetrievalQuery query in collection.Queries)
        {
            Dictionary<string, float> found = (await dense.RetrieveAsync(query.Text, collection.Documents.Count, cancellation)).ToDictionary(result => result.Chunk.DocumentId, result => result.Dense!.Value);
            foreach ((string document, double score) in reference[query.Id].Take(DocumentsPerClaim))
            {
                Assert.Equal(score, found[document], 1e-3);
                compared++;
            }
        }

        Assert.True(compared > 0);
        double hybrid = await NdcgAsync(RetrievalMode.Hybrid), words = await NdcgAsync(RetrievalMode.Bm25), vectors = await NdcgAsync(RetrievalMode.Dense);
        TestContext.Current.TestOutputHelper?.WriteLine($"{collection.Documents.Count} documents, nDCG@10: BM25 {words:F3}, dense {vectors:F3}, hybrid {hybrid:F3}");
        Assert.True(hybrid >= .99 * Math.Max(words, vectors), $"hybrid {hybrid:F3}, BM25 {words:F3}, dense {vectors:F3}");

        async Task<double> NdcgAsync(RetrievalMode mode) => (await RetrievalEvaluator.MeasureAsync(
            collection, new HybridRetriever(index, embedder, new HybridRetrieverOptions { Mode = mode }), cancellationToken: cancellation)).Ndcg10;
    }
}
