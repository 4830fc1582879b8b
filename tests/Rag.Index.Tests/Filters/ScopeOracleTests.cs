using FsCheck;
using FsCheck.Fluent;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Tests.Support;
using Rag.Index.Text;
using Rag.Retrieval;
using Rag.Testing;

namespace Rag.Index.Tests.Filters;

/// <summary>Random questions within random scopes, while documents, metadata and access change, against brute force over everything.</summary>
public sealed class ScopeOracleTests
{
    private const int Batches = 20, CasesOfABatch = 500;

    private static readonly StandardAnalyzer Analyzer = new();
    private static readonly NumberedEmbedder Embedder = new();

    [Fact]
    public async Task Ten_thousand_questions_find_score_count_and_show_what_the_oracle_does()
    {
        int asked = 0, found = 0, hidden = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            Random random = new(batch);
            using TestFolder folder = new();
            await using SqliteChunkIndex index = await folder.OpenAsync(options => options.MaxCachedScopes = 8);
            await using SqliteChunkIndex reader = await FilledAsync(index, folder, batch);
            InMemoryChunkIndex oracle = new(new() { Terms = text => Collecting.Of(Analyzer, text) });
            IndexManifest manifest = Make.Kinds with { IsProtected = batch % 2 == 1 };
            await index.SetManifestAsync(manifest, replace: false);
            await oracle.SetManifestAsync(manifest, replace: false);
            for (int i = 0; i < 12; i++)
            {
                await ChangeAsync(index, oracle, random);
            }

            Check.One(
                Config.QuickThrowOnFailure.WithMaxTest(CasesOfABatch).WithReplay((ulong)batch + 1, 1),
                Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
                {
                    Random chance = new(seed);
                    if (chance.Next(30) == 0)
                    {
                        ChangeAsync(index, oracle, chance).GetAwaiter().GetResult();
                    }

                    SearchScope scope = RandomScopes.Scope(chance);
                    SqliteChunkIndex asking = chance.Next(2) == 0 ? index : reader;
                    (int all, int seen) = CompareAsync(oracle, oracle.Within(scope), asking.Within(scope), chance).GetAwaiter().GetResult();
                    CompareHybridAsync(oracle, asking, scope, chance).GetAwaiter().GetResult();
                    (asked, found, hidden) = (asked + 1, found + seen, hidden + all - seen);
                }));
            Assert.Empty(await index.VerifyAsync());
        }

        Assert.Equal(Batches * CasesOfABatch, asked);
        Assert.True(found > asked && hidden > asked, $"{asked} questions saw {found} chunks and did not see {hidden}.");
    }

    private static async Task<SqliteChunkIndex> FilledAsync(SqliteChunkIndex index, TestFolder folder, int batch)
    {
        // Every third batch has merged postings from the beginning, the others have them all waiting.
        if (batch % 3 == 0)
        {
            await index.SetManifestAsync(Make.Kinds with { IsProtected = batch % 2 == 1 }, replace: false);
            await index.UpsertAsync(Make.WithKinds(Make.WithVectors("filler", new(batch), 300), new(batch)));
            await index.DeleteAsync("filler");
        }

        return await folder.OpenReaderAsync();
    }

    private static async Task ChangeAsync(SqliteChunkIndex index, InMemoryChunkIndex oracle, Random random)
    {
        string id = $"d{random.Next(16)}";
        switch (random.Next(6))
        {
            case 0:
                Assert.Equal(await oracle.DeleteAsync(id), await index.DeleteAsync(id));
                break;
            case 1 or 2:
                DocumentAttributes attributes = RandomScopes.Attributes(random);
                Assert.Equal(await oracle.UpdateAsync(id, attributes), await index.UpdateAsync(id, attributes));
                break;
            default:
                IndexedDocument made = Make.WithKinds(Make.WithVectors(id, random, random.Next(0, 5), $"{random.Next()}"), random);
                Document document = made.Document with { Title = random.Next(2) == 0 ? null : "old/" + id, Metadata = RandomScopes.Metadata(random), Access = RandomScopes.Access(random) };
                await oracle.UpsertAsync(made with { Document = document });
                await index.UpsertAsync(made with { Document = document });
                break;
        }
    }

    private static async Task<(int All, int Seen)> CompareAsync(InMemoryChunkIndex oracle, IChunkReader expected, IChunkReader actual, Random random)
    {
        string question = string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Make.Word(random)));
        ReadOnlyMemory<float> vector = Make.Vector(random);
        int top = random.Next(1, 12);
        string document = $"d{random.Next(16)}";
        IReadOnlyList<Chunk> all = [.. await Everything(oracle)];
        string[] ids = [.. all.Where(_ => random.Next(4) == 0).Select(chunk => chunk.Id), "absent"];

        Compare(await expected.SearchTextAsync(question, top), await actual.SearchTextAsync(question, top));
        Compare(await expected.SearchVectorAsync(vector, top), await actual.SearchVectorAsync(vector, top));
        Compare((await expected.ScoreTextAsync(question, ids))!, (await actual.ScoreTextAsync(question, ids))!);
        IReadOnlyList<float> scores = (await expected.ScoreVectorAsync(vector, ids))!;
        Compare(scores, (await actual.ScoreVectorAsync(vector, ids))!);
        SparseVector sparse = Make.Sparse(random);
        MultiVector tokens = Make.Tokens(random);
        Compare(await expected.SearchSparseAsync(sparse, top), await actual.SearchSparseAsync(sparse, top));
        Compare((await expected.ScoreSparseAsync(sparse, ids))!, (await actual.ScoreSparseAsync(sparse, ids))!);
        Compare((await expected.ScoreTokensAsync(tokens, ids))!, (await actual.ScoreTokensAsync(tokens, ids))!);
        Assert.Equal(await expected.CountAsync(), await actual.CountAsync());
        Assert.Equal((await expected.GetChunksAsync(ids)).Select(chunk => chunk.Id), (await actual.GetChunksAsync(ids)).Select(chunk => chunk.Id));
        Assert.Equal((await expected.GetDocumentChunksAsync(document)).Select(chunk => chunk.Id), (await actual.GetDocumentChunksAsync(document)).Select(chunk => chunk.Id));
        Document? there = await expected.GetDocumentAsync(document), here = await actual.GetDocumentAsync(document);
        Assert.Equal(there?.Text, here?.Text);
        Assert.Equal(there?.Metadata, here?.Metadata);
        Assert.Equal(there?.Access, here?.Access);
        return (ids.Length - 1, scores.Count(float.IsFinite));
    }

    // The fused results, and both true scores of each.
    private static async Task CompareHybridAsync(InMemoryChunkIndex oracle, SqliteChunkIndex index, SearchScope scope, Random random)
    {
        string question = NumberedEmbedder.Text(random.Next(1_000), string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Make.Word(random))));
        int top = random.Next(1, 12);
        IReadOnlyList<RetrievedChunk> expected = await new HybridRetriever(oracle, Embedder).RetrieveAsync(question, top, scope);
        IReadOnlyList<RetrievedChunk> actual = await new HybridRetriever(index, Embedder).RetrieveAsync(question, top, scope);
        Compare(Scores(expected, hit => (float)hit.Score), Scores(actual, hit => (float)hit.Score));
        IChunkReader reader = oracle.Within(scope);
        string[] ids = [.. actual.Select(hit => hit.Chunk.Id)];
        Compare((await reader.ScoreTextAsync(question, ids))!, [.. actual.Select(hit => hit.Bm25 ?? float.NaN)]);
        Compare((await reader.ScoreVectorAsync(NumberedEmbedder.Vector(question), ids))!, [.. actual.Select(hit => hit.Dense ?? float.NaN)]);
    }

    private static ChunkScores Scores(IReadOnlyList<RetrievedChunk> hits, Func<RetrievedChunk, float> score) =>
        new([.. hits.Select(hit => hit.Chunk.Id)], [.. hits.Select(score)], 0);

    private static async Task<IEnumerable<Chunk>> Everything(InMemoryChunkIndex oracle)
    {
        List<Chunk> chunks = [];
        foreach (string id in (await oracle.GetDocumentStampsAsync()).Keys)
        {
            chunks.AddRange(await oracle.Within(SearchScope.Unrestricted).GetDocumentChunksAsync(id));
        }

        return chunks;
    }

    // Scores that differ by rounding alone may change places.
    private static void Compare(ChunkScores expected, ChunkScores actual)
    {
        Assert.Equal(expected.Ids.Count, actual.Ids.Count);
        Compare(expected.Scores, actual.Scores);
        Assert.Equal(expected.StandardDeviation!.Value, actual.StandardDeviation!.Value, 1e-5);
        Dictionary<string, float> known = expected.Ids.Zip(expected.Scores).ToDictionary(pair => pair.First, pair => pair.Second);
        foreach ((string id, float score) in actual.Ids.Zip(actual.Scores))
        {
            Assert.True(known.TryGetValue(id, out float other) ? Math.Abs(other - score) < 1e-5 : Math.Abs(expected.Scores[^1] - score) < 1e-5, $"{id} is not among the best.");
        }
    }

    private static void Compare(IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5f);
        }
    }
}
