using Rag.Index;
using static Rag.Testing.ConformanceRun;

namespace Rag.Testing;

/// <summary>Searching everything.</summary>
internal static class SearchCases
{
    private static readonly IndexedDocument[] Documents =
        [Document("a", "zebra zebra lion", "zebra"), Document("b", "lion owl", "yak yak yak yak"), Document("c", "zebra owl lion yak", "owl")];

    public static IEnumerable<ConformanceCase> All =>
    [
        new("Searches give as many as asked for, best first, equal ones by id", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, [.. Documents, Document("d", "zebra"), Document("0", "zebra")]).ConfigureAwait(false);
            for (int top = 1; top < 9; top++)
            {
                ChunkScores text = await index.SearchTextAsync("zebra", top, run.Cancelled).ConfigureAwait(false), dense = await index.SearchVectorAsync(Vector("zebra"), top, run.Cancelled).ConfigureAwait(false);
                Equal(Math.Min(top, 5), text.Ids.Count, "How many match a word");
                Equal(Math.Min(top, 8), dense.Ids.Count, "How many have a vector");
                Ordered(text);
                Ordered(dense);
            }
        }),
        new("Scores of given chunks are those of the searches; 0 without a matching term, NaN for what is not there", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false);
            string[] ids = [.. Documents.SelectMany(document => document.Chunks).Select(chunk => chunk.Id), "none"];
            ChunkScores found = await index.SearchTextAsync("lion yak", 10, run.Cancelled).ConfigureAwait(false);
            if (await index.ScoreTextAsync("lion yak", ids, run.Cancelled).ConfigureAwait(false) is { } scores)
            {
                Equal(true, float.IsNaN(scores[^1]), "A chunk that is not there has NaN");
                for (int i = 0; i < ids.Length - 1; i++)
                {
                    int place = found.Ids.ToList().IndexOf(ids[i]);
                    Equal(true, Math.Abs((place < 0 ? 0 : found.Scores[place]) - scores[i]) < 1e-4, $"The score of {ids[i]} is that of the search");
                }
            }
        }),
        new("The order in which documents came does not show", async run => await run.SameAsync(
            await run.CreateAsync(false, Documents).ConfigureAwait(false), await run.CreateAsync(false, [.. Documents.Reverse()]).ConfigureAwait(false), Documents).ConfigureAwait(false)),
        new("What cannot be asked is refused", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.SearchTextAsync("x", 0, run.Cancelled).ConfigureAwait(false), "Asking for none").ConfigureAwait(false);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.SearchVectorAsync(new float[] { 1 }, 1, run.Cancelled).ConfigureAwait(false), "A vector too short").ConfigureAwait(false);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.SearchVectorAsync(new float[Dimensions], 1, run.Cancelled).ConfigureAwait(false), "A vector of zeros").ConfigureAwait(false);
        }),
    ];

    private static void Ordered(ChunkScores found)
    {
        for (int i = 1; i < found.Ids.Count; i++)
        {
            bool right = found.Scores[i] < found.Scores[i - 1] || (found.Scores[i] == found.Scores[i - 1] && string.CompareOrdinal(found.Ids[i - 1], found.Ids[i]) < 0);
            Equal(true, right, $"{found.Ids[i]} comes behind {found.Ids[i - 1]}");
        }
    }
}
