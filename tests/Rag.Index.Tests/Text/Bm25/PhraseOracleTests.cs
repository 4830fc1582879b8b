using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Text.Bm25;

/// <summary>Random inserts, replacements and deletes, then questions with phrases against plain loops over the words.</summary>
public sealed class PhraseOracleTests
{
    private const string StopWord = "of";

    [Theory]
    [InlineData(1, 60, 5)]
    [InlineData(2, 400, 4)]
    [InlineData(3, 150, 12)]
    public async Task Questions_with_phrases_score_as_loops_over_the_words_say(int seed, int operations, int maxChunks)
    {
        Random random = new(seed);
        using TestFolder folder = new();
        Dictionary<string, IndexedDocument> expected = [];
        SqliteChunkIndex index = await folder.OpenAsync();
        await index.SetManifestAsync(Make.TextOnly, replace: false);
        for (int i = 0; i < operations; i++)
        {
            string id = $"d{random.Next(operations / 3)}";
            if (random.Next(4) == 0)
            {
                Assert.Equal(expected.Remove(id), await index.DeleteAsync(id));
            }
            else
            {
                expected[id] = Make.Document(id, [.. Enumerable.Range(0, random.Next(maxChunks)).Select(_ => Text(random, 14))], version: $"{i}");
                await index.UpsertAsync(expected[id]);
            }

            if (random.Next(40) == 0)
            {
                await index.DisposeAsync();
                index = await folder.OpenAsync();
            }

            if (i == operations - 1 || random.Next(8) == 0)
            {
                await CheckAsync(index, expected, random);
            }
        }

        Assert.Empty(await index.VerifyAsync());
        await index.DisposeAsync();
    }

    private static async Task CheckAsync(SqliteChunkIndex index, Dictionary<string, IndexedDocument> documents, Random random)
    {
        Dictionary<string, string[]> chunks = documents.Values.SelectMany(document => document.Chunks).ToDictionary(chunk => chunk.Id, chunk => Words(chunk.Text));
        string[] parts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(3) > 0 ? $"\"{Text(random, 5)}\"" : Text(random, 4))];
        string question = string.Join(' ', parts);
        Dictionary<string, double> scores = chunks.Keys.ToDictionary(id => id, _ => 0d);
        foreach (string word in Words(string.Join(' ', parts).Replace("\"", "", StringComparison.Ordinal)).Where(word => word != StopWord))
        {
            Add(scores, chunks, [word]);
        }

        foreach (string[] phrase in parts.Where(part => part.StartsWith('"')).Select(part => Words(part.Trim('"'))))
        {
            string[] trimmed = [.. phrase.SkipWhile(word => word == StopWord).Reverse().SkipWhile(word => word == StopWord).Reverse()];
            if (trimmed.Length > 1)
            {
                Add(scores, chunks, trimmed);
            }
        }

        ChunkScores found = await index.SearchTextAsync(question, int.MaxValue);
        Assert.Equal(scores.Where(pair => pair.Value > 0).Select(pair => pair.Key).Order(StringComparer.Ordinal), found.Ids.Order(StringComparer.Ordinal));
        Assert.All(found.Ids.Zip(found.Scores), pair => Assert.Equal(scores[pair.First], pair.Second, 1e-4));
        string[] asked = [.. scores.Keys.Where(_ => random.Next(3) == 0), "absent"];
        Assert.All(asked.Zip((await index.ScoreTextAsync(question, asked))!), pair => Assert.Equal(scores.GetValueOrDefault(pair.First, double.NaN), pair.Second, 1e-4));
    }

    private static void Add(Dictionary<string, double> scores, Dictionary<string, string[]> chunks, string[] phrase)
    {
        double average = chunks.Values.Select(words => words.Count(word => word != StopWord)).DefaultIfEmpty().Average();
        double rarity = phrase.Where(word => word != StopWord).Sum(word =>
        {
            int containing = chunks.Values.Count(words => words.Contains(word));
            return Math.Log(1 + ((chunks.Count - containing + .5) / (containing + .5)));
        });
        foreach ((string id, string[] words) in chunks)
        {
            int frequency = Enumerable.Range(0, words.Length).Count(start =>
                start + phrase.Length <= words.Length && phrase.Select((word, i) => word == StopWord || words[start + i] == word).All(same => same));
            double norm = 1.2 * (.25 + (.75 * words.Count(word => word != StopWord) / average));
            scores[id] += frequency == 0 ? 0 : rarity * frequency / (frequency + norm);
        }
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Few words, so that phrases happen; every fifth a stop word.
    private static string Text(Random random, int length) =>
        string.Join(' ', Enumerable.Range(0, random.Next(length)).Select(_ => random.Next(5) == 0 ? StopWord : $"w{(int)(6 * Math.Pow(random.NextDouble(), 2))}x"));
}
