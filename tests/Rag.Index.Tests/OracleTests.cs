using Rag.Chunks;
using Rag.Index.Tests.Support;
using Rag.Index.Text;

namespace Rag.Index.Tests;

/// <summary>Random writes, then every search against plain loops over what should be stored.</summary>
public sealed class OracleTests
{
    [Theory]
    [InlineData(1, 40, 4)]
    [InlineData(2, 150, 6)]
    [InlineData(3, 600, 3)]
    [InlineData(4, 300, 9)]
    public async Task After_random_upserts_and_deletes_searches_equal_brute_force(int seed, int operations, int maxChunks)
    {
        Random random = new(seed);
        using TestFolder folder = new();
        Dictionary<string, IndexedDocument> expected = [];
        SqliteChunkIndex index = await folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        await using SqliteChunkIndex reader = await folder.OpenReaderAsync();
        for (int i = 0; i < operations; i++)
        {
            string id = $"d{random.Next(operations / 3)}";
            if (random.Next(4) == 0)
            {
                Assert.Equal(expected.Remove(id), await index.DeleteAsync(id));
            }
            else
            {
                expected[id] = Make.WithVectors(id, random, random.Next(0, maxChunks), $"{i}");
                await index.UpsertAsync(expected[id]);
            }

            if (random.Next(30) == 0)
            {
                await index.DisposeAsync();
                index = await folder.OpenAsync();
            }

            if (i == operations - 1 || random.Next(25) == 0)
            {
                await CheckAsync(random.Next(2) == 0 ? index : reader, expected, random);
            }
        }

        Assert.Empty(await reader.VerifyAsync());
        await index.DisposeAsync();
    }

    private static async Task CheckAsync(SqliteChunkIndex index, Dictionary<string, IndexedDocument> documents, Random random)
    {
        var chunks = documents.Values.SelectMany(document => document.Chunks.Zip(document.Vectors ?? [])).ToList();
        string question = string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Make.Word(random)));
        ReadOnlyMemory<float> vector = Make.Vector(random);
        int top = random.Next(1, 12);
        string[] asked = [.. chunks.Where(_ => random.Next(3) == 0).Select(chunk => chunk.First.Id), "absent"];

        Dictionary<string, double> text = Bm25(question, [.. chunks.Select(chunk => chunk.First)]);
        Compare(text.Where(pair => pair.Value > 0), text.Values, await index.SearchTextAsync(question, top), top);
        Compare(asked, text, (await index.ScoreTextAsync(question, asked))!);

        Dictionary<string, double> dense = chunks.ToDictionary(chunk => chunk.First.Id, chunk => Cosine(chunk.Second.Span, vector.Span));
        Compare(dense, dense.Values, await index.SearchVectorAsync(vector, top), top);
        Compare(asked, dense, (await index.ScoreVectorAsync(vector, asked))!);
    }

    private static void Compare(IEnumerable<KeyValuePair<string, double>> found, IReadOnlyCollection<double> all, ChunkScores actual, int top)
    {
        var best = found.OrderByDescending(pair => Math.Round(pair.Value, 5)).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(top).ToList();
        Assert.Equal(best.Count, actual.Ids.Count);
        var scores = found.ToDictionary();
        for (int i = 0; i < best.Count; i++)
        {
            Assert.Equal(best[i].Value, actual.Scores[i], 1e-5);
            Assert.Equal(scores[actual.Ids[i]], actual.Scores[i], 1e-5);
            bool tie = i > 0 && actual.Scores[i] == actual.Scores[i - 1];
            Assert.True(!tie || string.CompareOrdinal(actual.Ids[i - 1], actual.Ids[i]) < 0, "Equal scores come by id.");
        }

        double mean = all.DefaultIfEmpty().Average();
        Assert.Equal(Math.Sqrt(all.Select(score => (score - mean) * (score - mean)).DefaultIfEmpty().Average()), actual.StandardDeviation!.Value, 1e-5);
    }

    private static void Compare(string[] asked, Dictionary<string, double> expected, IReadOnlyList<float> actual)
    {
        for (int i = 0; i < asked.Length; i++)
        {
            Assert.Equal(expected.GetValueOrDefault(asked[i], double.NaN), actual[i], 1e-5);
        }
    }

    private static Dictionary<string, double> Bm25(string question, List<Chunk> chunks)
    {
        StandardAnalyzer analyzer = new();
        Dictionary<string, List<string>> terms = chunks.ToDictionary(chunk => chunk.Id, chunk => Collecting.Of(analyzer, chunk.IndexedText));
        double average = terms.Values.Select(list => list.Count).DefaultIfEmpty().Average();
        return terms.ToDictionary(pair => pair.Key, pair => Collecting.Of(analyzer, question).Sum(term =>
        {
            int containing = terms.Values.Count(list => list.Contains(term)), frequency = pair.Value.Count(word => word == term);
            double idf = Math.Log(1 + ((chunks.Count - containing + .5) / (containing + .5)));
            return frequency == 0 ? 0 : idf * frequency / (frequency + (1.2 * (.25 + (.75 * pair.Value.Count / average))));
        }));
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return dot / Math.Sqrt(aa * bb);
    }
}
