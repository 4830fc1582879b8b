using Rag.Index;
using static Rag.Testing.ConformanceRun;

namespace Rag.Testing;

/// <summary>Storing and removing several documents at once, and finding vectors of texts that are stored.</summary>
internal static class BatchCases
{
    private static readonly IndexedDocument One = Document("a", "zebra"), Two = Document("b", "lion", "zebra lion"), Empty = Document("empty");

    public static IEnumerable<ConformanceCase> All =>
    [
        new("Storing several at once is as storing them one by one, and again changes nothing", async run =>
        {
            IChunkIndex single = await run.CreateAsync(false, One, Two, Empty).ConfigureAwait(false);
            IChunkIndex several = await run.CreateAsync(false, Document("b", "owl")).ConfigureAwait(false);
            await several.UpsertManyAsync([], run.Cancelled).ConfigureAwait(false);
            await several.UpsertManyAsync([One, Two, Empty], run.Cancelled).ConfigureAwait(false);
            await several.UpsertManyAsync([Empty, Two], run.Cancelled).ConfigureAwait(false);
            await run.SameAsync(single, several, One, Two, Empty).ConfigureAwait(false);
            Equal(
                Stamps(await single.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false)), Stamps(await several.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false)), "The stamps");
        }),
        new("Several with one that does not fit leave every document whole or as it was", async run =>
        {
            IndexedDocument changed = Document("a", "owl", "yak"), added = Document("c", "yak");
            IndexedDocument[] bad = [Two with { Vectors = [Vector("x")] }, Two with { Vectors = [Vector("x"), new float[] { 1, 2, float.NaN, 4 }] }, For(Two, "")];
            foreach (IndexedDocument unfit in bad)
            {
                IChunkIndex index = await run.CreateAsync(false, One).ConfigureAwait(false);
                await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.UpsertManyAsync([changed, unfit, added], run.Cancelled).ConfigureAwait(false), "A document among several that does not fit").ConfigureAwait(false);
                var there = await index.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false);
                List<IndexedDocument> whole = [there["a"].Chunks == 2 ? changed : One];
                if (there.ContainsKey("c"))
                {
                    whole.Add(added);
                }

                await run.SameAsync(await run.CreateAsync(false, [.. whole]).ConfigureAwait(false), index, One, changed, added, Two).ConfigureAwait(false);
            }
        }),
        new("An id that comes twice among several is refused and nothing of it stored", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One).ConfigureAwait(false);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.UpsertManyAsync([Two, Document("b", "owl")], run.Cancelled).ConfigureAwait(false), "An id that comes twice").ConfigureAwait(false);
            await run.SameAsync(await run.CreateAsync(false, One).ConfigureAwait(false), index, One, Two).ConfigureAwait(false);
        }),
        new("Several with access and metadata are seen by whom they are for", async run =>
        {
            IChunkIndex index = await run.CreateAsync(true).ConfigureAwait(false);
            await index.UpsertManyAsync([For(With(One, ("year", 1)), "ann"), For(Two, "bob"), Empty], run.Cancelled).ConfigureAwait(false);
            Equal(new IndexCounts(0, 0), await index.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts for nobody");
            Equal(new IndexCounts(1, 2), await index.Within(new(Principal: new("bob"))).CountAsync(run.Cancelled).ConfigureAwait(false), "The counts for one");
            Equal(["a#0"], (await index.Within(new(Principal: new("ann"))).SearchTextAsync("zebra", 3, run.Cancelled).ConfigureAwait(false)).Ids, "Text search for another");
        }),
        new("Removing several says how many there were and leaves nothing of them", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One, Two, Empty).ConfigureAwait(false);
            Equal(0, await index.DeleteManyAsync([], run.Cancelled).ConfigureAwait(false), "Removing none");
            Equal(2, await index.DeleteManyAsync(["b", "none", "empty"], run.Cancelled).ConfigureAwait(false), "Removing two that are there and one that is not");
            Equal(0, await index.DeleteManyAsync(["b", "none"], run.Cancelled).ConfigureAwait(false), "Removing what is not there");
            await run.SameAsync(await run.CreateAsync(false, One).ConfigureAwait(false), index, One, Two, Empty).ConfigureAwait(false);
        }),
        new("Vectors of stored texts are found across documents, whoever may read them", async run =>
        {
            IndexedDocument headed = Document("headed", "yak");
            headed = headed with { Chunks = [headed.Chunks[0] with { HeadingPath = ["owl"] }] };
            IChunkIndex index = await run.CreateAsync(true, For(One, "ann"), headed).ConfigureAwait(false);
            IndexedDocument other = Document("other", "lion", "zebra", "yak");
            var found = await index.FindVectorsAsync(other.Chunks, run.Cancelled).ConfigureAwait(false);
            Equal([false, true, false], found.Select(vector => vector is not null), "Which of 'lion', 'zebra' and 'yak' without its heading are known");
            Equal(true, (await index.FindVectorsAsync(headed.Chunks, run.Cancelled).ConfigureAwait(false))[0] is not null, "Whether 'yak' under its heading is known");
            Equal(0, (await index.FindVectorsAsync([], run.Cancelled).ConfigureAwait(false)).Count, "The vectors of no chunks");

            // Fit to be stored again unchanged: searches see no difference.
            IndexedDocument again = Document("again", "zebra");
            IChunkIndex reused = await run.CreateAsync(false, One, again with { Vectors = [found[1]!.Value] }).ConfigureAwait(false);
            await run.SameAsync(await run.CreateAsync(false, One, again).ConfigureAwait(false), reused, One, again).ConfigureAwait(false);
        }),
        new("No vector is found of a text that is gone, nor across models", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One, Two).ConfigureAwait(false);
            await index.DeleteAsync("a", run.Cancelled).ConfigureAwait(false);
            await index.UpsertAsync(Document("b", "zebra lion"), run.Cancelled).ConfigureAwait(false);
            Equal([false, false, true], await KnownAsync(index, "zebra", "lion", "zebra lion").ConfigureAwait(false), "Which texts are known after one was removed and one replaced");

            IndexManifest other = Manifest with { Embedding = Manifest.Embedding! with { WeightsHash = "11" } };
            await index.SetManifestAsync(other, replace: true, run.Cancelled).ConfigureAwait(false);
            Equal([false, false, false], await KnownAsync(index, "zebra", "lion", "zebra lion").ConfigureAwait(false), "Which texts are known to another model");
            await index.SetManifestAsync(Manifest with { Embedding = null }, replace: true, run.Cancelled).ConfigureAwait(false);
            await index.UpsertAsync(One with { Vectors = null }, run.Cancelled).ConfigureAwait(false);
            Equal([false], await KnownAsync(index, "zebra").ConfigureAwait(false), "Which texts are known without a model");

            async Task<IEnumerable<bool>> KnownAsync(IChunkIndex asked, params string[] texts) =>
                (await asked.FindVectorsAsync(Document("x", texts).Chunks, run.Cancelled).ConfigureAwait(false)).Select(vector => vector is not null);
        }),
        new("Cancellation ends a call about several before it does anything", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One).ConfigureAwait(false);
            CancellationToken cancelled = new(canceled: true);
            await WritingCases.ThrowsAsync<OperationCanceledException>(async () => await index.UpsertManyAsync([Two], cancelled).ConfigureAwait(false), "Storing several").ConfigureAwait(false);
            await WritingCases.ThrowsAsync<OperationCanceledException>(async () => await index.DeleteManyAsync(["a"], cancelled).ConfigureAwait(false), "Removing several").ConfigureAwait(false);
            await WritingCases.ThrowsAsync<OperationCanceledException>(async () => await index.FindVectorsAsync(One.Chunks, cancelled).ConfigureAwait(false), "Finding vectors").ConfigureAwait(false);
            Equal(["a"], (await index.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false)).Keys, "The documents");
        }),
    ];

    private static IEnumerable<string> Stamps(IReadOnlyDictionary<string, DocumentStamp> stamps) =>
        stamps.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value.ContentHash}, {pair.Value.Fingerprint}, {pair.Value.Chunks}");
}
