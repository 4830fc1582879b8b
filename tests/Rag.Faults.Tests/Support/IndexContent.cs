using System.Globalization;
using System.Text;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;

namespace Rag.Faults.Tests.Support;

/// <summary>All that an index holds, as lines that can be compared: documents, chunks, and what searches give.</summary>
internal static class IndexContent
{
    private static readonly string[] Queries = ["lantern", "harbour copper", "the winter of the observatory", "room 7", "quiet river, loud bell"];

    /// <summary>Reads everything.</summary>
    public static async Task<string> ReadAsync(string folder)
    {
        await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder, new ChunkIndexOptions { ReadOnly = true });
        Assert.Empty(await index.VerifyAsync());
        var content = new StringBuilder();
        content.AppendLine(CultureInfo.InvariantCulture, $"{await index.GetManifestAsync()}");
        IReadOnlyDictionary<string, DocumentStamp> stamps = await index.GetDocumentStampsAsync();
        foreach ((string id, DocumentStamp stamp) in stamps.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Document document = (await index.GetDocumentAsync(id))!;
            content.AppendLine(CultureInfo.InvariantCulture, $"{id} {stamp} {document.Title} {document.Text}");
            foreach (Chunk chunk in await index.GetDocumentChunksAsync(id))
            {
                Assert.Equal(document.Text[chunk.Range.Start..chunk.Range.End], chunk.Text);
                content.AppendLine(CultureInfo.InvariantCulture, $"  {chunk.Id} {chunk.Ordinal} {chunk.Range} {chunk.Page} {chunk.Heading}");
            }
        }

        foreach (string query in Queries)
        {
            ChunkScores found = await index.SearchTextAsync(query, 100_000);
            // A sum over all chunks, in the order in which they were stored: its last digits may differ.
            content.AppendLine(CultureInfo.InvariantCulture, $"{query}: {found.StandardDeviation:G9}");
            content.AppendJoin(' ', found.Ids.Zip(found.Scores, (id, score) => string.Create(CultureInfo.InvariantCulture, $"{id}={score:R}"))).AppendLine();
        }

        return content.ToString();
    }

    /// <summary>What an index holds in which nothing was ever stored.</summary>
    public const string Empty = "empty";

    /// <summary>Reads everything and every cosine too; <see cref="Empty"/> where nothing was ever stored.</summary>
    public static async Task<string> ReadWholeAsync(string folder)
    {
        try
        {
            string content = await ReadAsync(folder);
            return content.StartsWith('\n') ? Empty : content + string.Join(' ', (await CosinesAsync(folder)).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value:R}")));
        }
        catch (UnavailableException error) when (error.Message.Contains("Ingest documents first", StringComparison.Ordinal))
        {
            return Empty;
        }
    }

    /// <summary>Where two contents differ first; null where they are equal.</summary>
    public static string? FirstDifference(string expected, string actual)
    {
        if (expected == actual)
        {
            return null;
        }

        int at = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        int from = Math.Max(0, at - 60);
        return $"expected: …{Cut(expected, from)}\nactual:   …{Cut(actual, from)}";
    }

    /// <summary>Cosines of every chunk with one fixed direction, by chunk id; empty where there are no vectors.</summary>
    public static async Task<SortedDictionary<string, float>> CosinesAsync(string folder)
    {
        var cosines = new SortedDictionary<string, float>(StringComparer.Ordinal);
        await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder, new ChunkIndexOptions { ReadOnly = true });
        if ((await index.GetManifestAsync())?.Embedding is { } embedding)
        {
            var random = new Random(11);
            float[] direction = [.. Enumerable.Range(0, embedding.Dimensions).Select(_ => random.NextSingle() - .5f)];
            ChunkScores found = await index.SearchVectorAsync(direction, 100_000);
            for (int i = 0; i < found.Ids.Count; i++)
            {
                cosines.Add(found.Ids[i], found.Scores[i]);
            }
        }

        return cosines;
    }

    private static string Cut(string text, int from) => text[from..Math.Min(text.Length, from + 200)].ReplaceLineEndings("⏎");
}
