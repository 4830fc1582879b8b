using System.Text.Json;
using Rag.Chunking;
using Rag.Chunks;
using Rag.Index;
using Rag.Ingestion;
using Rag.Retrieval;
using Rag.Runtime.LateInteraction;
using Rag.Runtime.Sparse;
using Rag.Tests.Fakes;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Tests.Retrieval;

/// <summary>SPLADE and ColBERT models, tiny and untrained, from documents to a ranking through the embedded index; every score by brute force too.</summary>
public sealed class VectorKindsTests : IDisposable
{
    private static readonly string[] Texts =
    [
        "The keeper of the lighthouse lit the lamp at dusk.", "Ships came into the harbour by night.", "The fire was seen from far away.",
        "Nobody reads the harbour rules.", "A lamp needs oil, and oil needs money.", "The keeper wrote: the night was calm.",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rag-kinds-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task FromDocuments_ThroughTheIndex_ScoresAreThoseOfBruteForce()
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using SparseEncoder splade = SparseEncoder.Load(SharedData.Require("fixtures", "encoders", "splade"));
        using LateInteractionEncoder colbert = LoadColbert(SharedData.Require("fixtures", "encoders", "colbert"));
        await using SqliteChunkIndex index = await IngestAsync(splade, colbert);
        List<Chunk> chunks = [];
        for (int i = 0; i < Texts.Length; i++)
        {
            chunks.AddRange(await index.GetDocumentChunksAsync($"d{i}.txt", cancelled));
        }

        Assert.Equal(Texts.Length, chunks.Count);
        Assert.Empty(await index.VerifyAsync(cancelled));
        string[] texts = [.. chunks.Select(chunk => chunk.IndexedText)], ids = [.. chunks.Select(chunk => chunk.Id)];
        IReadOnlyList<SparseVector> sparse = splade.Encode(texts, cancelled);
        IReadOnlyList<MultiVector> tokens = colbert.EncodePassages(texts, cancelled);
        foreach (string question in (string[])["Who lit the lamp?", "ships in the harbour at night", "money"])
        {
            SparseVector asked = splade.Encode([question], cancelled)[0];
            float[] dots = [.. sparse.Select(asked.Dot)];
            IReadOnlyList<RetrievedChunk> found = await new HybridRetriever(index, options: null, sparse: splade).RetrieveAsync(question, 4, cancelled);
            AssertRanked(dots, found.Select(item => (Array.IndexOf(ids, item.Chunk.Id), item.Score)), 4, 1e-4f);
            Assert.All(found, item => Assert.True(item.Bm25 is null && item.Sparse == (float)item.Score));

            MultiVector words = colbert.EncodeQuestions([question], cancelled)[0];
            float[] sums = [.. tokens.Select(words.MaxSim)];
            IReadOnlyList<RetrievedChunk> candidates = [.. chunks.Select(chunk => new RetrievedChunk(chunk, 0, null, null))];
            IReadOnlyList<RetrievedChunk> ordered = await new LateInteractionReranker(colbert, index).RerankAsync(question, candidates, cancelled);
            AssertRanked(sums, ordered.Select(item => (Array.IndexOf(ids, item.Chunk.Id), item.Score)), ids.Length, colbert.QuestionTokens * 1e-3f);
            IReadOnlyList<RetrievedChunk> encoded = await new LateInteractionReranker(colbert).RerankAsync(question, candidates, cancelled);
            AssertRanked(sums, encoded.Select(item => (Array.IndexOf(ids, item.Chunk.Id), item.Score)), ids.Length, 1e-3f);
        }
    }

    // The fixture's vocabulary has no [unused0] and [unused1]; which tokens mark question and passage, it says itself.
    private static LateInteractionEncoder LoadColbert(string folder)
    {
        JsonElement facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json"))).RootElement;
        Tokenizer tokenizer = Tokenizer.Load(folder);
        return LateInteractionEncoder.Load(folder, new LateInteractionOptions
        {
            QuestionTokens = facts.GetProperty("query_length").GetInt32(),
            QuestionMarker = tokenizer.IdToToken(facts.GetProperty("query_marker_id").GetInt32()),
            PassageMarker = tokenizer.IdToToken(facts.GetProperty("document_marker_id").GetInt32()),
        });
    }

    private static void AssertRanked(float[] expected, IEnumerable<(int Chunk, double Score)> found, int count, float tolerance)
    {
        (int Chunk, double Score)[] ranked = [.. found];
        Assert.Equal(count, ranked.Length);
        float[] best = [.. expected.OrderDescending().Take(count)];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(expected[ranked[i].Chunk], ranked[i].Score, tolerance);
            Assert.Equal(best[i], ranked[i].Score, tolerance);
        }
    }

    private async Task<SqliteChunkIndex> IngestAsync(SparseEncoder splade, LateInteractionEncoder colbert)
    {
        FakeSource source = new();
        for (int i = 0; i < Texts.Length; i++)
        {
            source.With($"d{i}.txt", Texts[i]);
        }

        SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(_folder.FullName, cancellationToken: TestContext.Current.CancellationToken);
        IngestionPipeline pipeline = new(source, [new FakeReader()], new StructureChunker(), null, index, sparseEncoder: splade, lateInteractionEncoder: colbert);
        IngestionResult result = await pipeline.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(result.Failed);
        Assert.Equal(Texts.Length, result.Added);
        return index;
    }
}
