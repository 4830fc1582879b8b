using Rag.Index;
using Rag.Index.Filters;
using static Rag.Testing.ConformanceRun;

namespace Rag.Testing;

/// <summary>Searching what a filter selects.</summary>
internal static class FilterCases
{
    private static readonly IndexedDocument[] Documents =
    [
        With(Document("old/a", "zebra lion", "zebra"), ("year", 2019), ("tag", new[] { "x", "y" })),
        With(Document("b", "zebra zebra zebra", "owl"), ("year", 2020.5), ("tag", "x")),
        With(Document("c", "zebra yak"), ("year", "2020"), ("draft", true)),
        Document("d", "zebra owl"),
    ];

    private static readonly (string Filter, string[] Selected)[] Selections =
    [
        ("year = 2019", ["old/a"]), ("year != 2019", ["b", "c", "d"]), ("year > 2019", ["b"]), ("2019 <= year < 2021", ["b", "old/a"]), ("year = '2020'", ["c"]),
        ("tag = 'x'", ["b", "old/a"]), ("tag contains 'x'", ["old/a"]), ("tag in ('y', 'z')", ["old/a"]), ("draft = true", ["c"]), ("not draft exists", ["b", "d", "old/a"]),
        ("id startswith 'old/' or draft exists", ["c", "old/a"]), ("year exists and not tag exists", ["c"]), ("year = 1", []),
    ];

    public static IEnumerable<ConformanceCase> All =>
    [
        new("A filter selects by its rules, in searches, scores, chunks, documents and counts", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false);
            string[] ids = [.. Documents.SelectMany(document => document.Chunks).Select(chunk => chunk.Id)];
            foreach ((string filter, string[] selected) in Selections)
            {
                IChunkReader view = index.Within(new(MetadataFilter.Parse(filter)));
                string[] expected = [.. Documents.Where(document => selected.Contains(document.Document.Id)).SelectMany(document => document.Chunks).Select(chunk => chunk.Id)];
                Equal(new IndexCounts(selected.Length, expected.Length), await view.CountAsync(run.Cancelled).ConfigureAwait(false), $"The counts of {filter}");
                Equal(expected, (await view.GetChunksAsync(ids, run.Cancelled).ConfigureAwait(false)).Select(chunk => chunk.Id), $"Chunks of {filter}");
                Equal(expected.Order(StringComparer.Ordinal), (await view.SearchVectorAsync(Vector("zebra"), 20, run.Cancelled).ConfigureAwait(false)).Ids.Order(StringComparer.Ordinal), $"Vector search of {filter}");
                Equal(
                    expected.Where(id => id is not "b#1").Order(StringComparer.Ordinal),
                    (await view.SearchTextAsync("zebra", 20, run.Cancelled).ConfigureAwait(false)).Ids.Order(StringComparer.Ordinal), $"Text search of {filter}");
                foreach (IndexedDocument document in Documents)
                {
                    string id = document.Document.Id;
                    Equal(selected.Contains(id), await view.GetDocumentAsync(id, run.Cancelled).ConfigureAwait(false) is not null, $"Whether {filter} shows document {id}");
                }
            }
        }),
        new("The places of a search are filled with what the filter selects, with the scores that they have without it", async run =>
        {
            IndexedDocument[] many = [.. Enumerable.Range(0, 40).Select(i => With(Document($"m{i:D2}", i % 10 == 0 ? "zebra owl owl" : "zebra zebra"), ("rare", i % 10 == 0)))];
            IChunkIndex index = await run.CreateAsync(false, many).ConfigureAwait(false);
            IChunkReader view = index.Within(new(MetadataFilter.Equal("rare", true)));
            ChunkScores all = await index.SearchTextAsync("zebra", 100, run.Cancelled).ConfigureAwait(false), some = await view.SearchTextAsync("zebra", 3, run.Cancelled).ConfigureAwait(false);
            Equal(["m00#0", "m10#0", "m20#0"], some.Ids, "Text search");
            Equal(all.Ids.Zip(all.Scores).Where(pair => some.Ids.Contains(pair.First)).Select(pair => pair.Second), some.Scores, "The scores");
            Equal(4, (await view.SearchVectorAsync(Vector("owl"), 5, run.Cancelled).ConfigureAwait(false)).Ids.Count, "Places of a vector search");
        }),
    ];
}
