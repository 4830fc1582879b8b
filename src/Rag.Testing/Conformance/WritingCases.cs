using Rag.Documents;
using Rag.Index;
using static Rag.Testing.ConformanceRun;

namespace Rag.Testing;

/// <summary>Storing, replacing, changing, removing.</summary>
internal static class WritingCases
{
    private static readonly string[] Tags = ["x", "y"];

    private static readonly IndexedDocument Two = Document("b", "lion", "zebra lion"), One = Document("a", "zebra");

    public static IEnumerable<ConformanceCase> All =>
    [
        new("An empty index shows nothing", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false).ConfigureAwait(false);
            Equal(new IndexCounts(0, 0), await index.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts");
            Equal([], (await index.SearchTextAsync("zebra", 3, run.Cancelled).ConfigureAwait(false)).Ids, "Text search");
            Equal([], (await index.SearchVectorAsync(Vector("zebra"), 3, run.Cancelled).ConfigureAwait(false)).Ids, "Vector search");
        }),
        new("A stored document comes back with its text, chunks, metadata and stamp", async run =>
        {
            IndexedDocument stored = With(Two, ("year", 2020), ("tag", Tags), ("ratio", .5), ("draft", true), ("when", DateTimeOffset.UnixEpoch), ("by", "me"));
            IChunkIndex index = await run.CreateAsync(false, stored).ConfigureAwait(false);
            Document? document = await index.GetDocumentAsync("b", run.Cancelled).ConfigureAwait(false);
            Equal((stored.Document.Text, stored.Document.Metadata), (document?.Text, document?.Metadata), "The document");
            Equal(["b#1", "b#0"], (await index.GetChunksAsync(["b#1", "none", "b#0"], run.Cancelled).ConfigureAwait(false)).Select(chunk => chunk.Id), "Chunks by id");
            var stamps = await index.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false);
            Equal([("b", new DocumentStamp("hash of b", "fingerprint", 2))], stamps.Select(pair => (pair.Key, pair.Value)), "The stamps");
        }),
        new("Storing twice is as storing once, and replaces everything that was stored", async run =>
        {
            IChunkIndex once = await run.CreateAsync(false, One, Document("b", "owl")).ConfigureAwait(false);
            IChunkIndex often = await run.CreateAsync(false, Two, One, One, Document("b", "owl"), Document("b", "owl")).ConfigureAwait(false);
            await run.SameAsync(once, often, One, Two).ConfigureAwait(false);
        }),
        new("Deleting leaves nothing and says whether there was something", async run =>
        {
            IChunkIndex without = await run.CreateAsync(false, One).ConfigureAwait(false);
            IChunkIndex index = await run.CreateAsync(false, One, Two).ConfigureAwait(false);
            Equal(true, await index.DeleteAsync("b", run.Cancelled).ConfigureAwait(false), "Deleting what is there");
            Equal(false, await index.DeleteAsync("b", run.Cancelled).ConfigureAwait(false), "Deleting what is not there");
            await run.SameAsync(without, index, One, Two).ConfigureAwait(false);
        }),
        new("A document without chunks is stored and found by nothing", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Document("empty"), One).ConfigureAwait(false);
            Equal(new IndexCounts(2, 1), await index.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts");
            Equal("", (await index.GetDocumentAsync("empty", run.Cancelled).ConfigureAwait(false))?.Text, "The text");
        }),
        new("Attributes change without the content, at once, and say whether there was a document", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One, Two).ConfigureAwait(false);
            DocumentAttributes attributes = new() { Metadata = DocumentMetadata.Create([new("year", 1)]) };
            Equal(true, await index.UpdateAsync("a", attributes, "other", run.Cancelled).ConfigureAwait(false), "Changing what is there");
            Equal(false, await index.UpdateAsync("none", attributes, null, run.Cancelled).ConfigureAwait(false), "Changing what is not there");
            Equal(attributes.Metadata, (await index.GetDocumentAsync("a", run.Cancelled).ConfigureAwait(false))?.Metadata, "The metadata");
            await index.UpdateAsync("b", attributes with { Access = ["y", "x"] }, null, run.Cancelled).ConfigureAwait(false);
            Equal(Tags, (await index.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false))["b"].Access, "The access in a stamp");
            await index.UpdateAsync("b", DocumentAttributes.None, null, run.Cancelled).ConfigureAwait(false);
            Equal("other", (await index.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false))["a"].Fingerprint, "The fingerprint");
            await run.SameAsync(await run.CreateAsync(false, With(One, ("year", 1)), Two).ConfigureAwait(false), index, One, Two).ConfigureAwait(false);
        }),
        new("Another manifest is refused while documents are stored, and drops them where told to", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One).ConfigureAwait(false);
            IndexManifest other = Manifest with { ChunkerFingerprint = "other" };
            await ThrowsAsync<IncompatibleException>(async () => await index.SetManifestAsync(other, replace: false, run.Cancelled).ConfigureAwait(false), "Another manifest").ConfigureAwait(false);
            Equal(true, await index.SetManifestAsync(other, replace: true, run.Cancelled).ConfigureAwait(false), "Whether content was dropped");
            Equal(new IndexCounts(0, 0), await index.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts");
        }),
        new("A document that does not fit is refused and nothing of it stored", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One).ConfigureAwait(false);
            IndexedDocument[] bad =
            [
                Two with { Vectors = [Vector("x")] },
                Two with { Vectors = [Vector("x"), new float[] { 1, 2 }] },
                Two with { Vectors = [Vector("x"), new float[] { 1, 2, float.NaN, 4 }] },
                Two with { Chunks = [Two.Chunks[0], Two.Chunks[0]] },
                For(Two, ""),
            ];
            foreach (IndexedDocument document in bad)
            {
                await ThrowsAsync<ArgumentException>(async () => await index.UpsertAsync(document, run.Cancelled).ConfigureAwait(false), "A document that does not fit").ConfigureAwait(false);
            }

            Equal(new IndexCounts(1, 1), await index.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts");
        }),
        new("Cancellation ends a call before it does anything", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, One).ConfigureAwait(false);
            CancellationToken cancelled = new(canceled: true);
            await ThrowsAsync<OperationCanceledException>(async () => await index.UpsertAsync(Two, cancelled).ConfigureAwait(false), "Storing").ConfigureAwait(false);
            await ThrowsAsync<OperationCanceledException>(async () => await index.DeleteAsync("a", cancelled).ConfigureAwait(false), "Deleting").ConfigureAwait(false);
            await ThrowsAsync<OperationCanceledException>(async () => await index.SearchTextAsync("zebra", 1, cancelled).ConfigureAwait(false), "Searching").ConfigureAwait(false);
            Equal(["a"], (await index.GetDocumentStampsAsync(run.Cancelled).ConfigureAwait(false)).Keys, "The documents");
        }),
    ];

    public static async Task ThrowsAsync<T>(Func<Task> act, string what)
        where T : Exception
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (T)
        {
            return;
        }
        catch (Exception error)
        {
            throw new ConformanceException($"{what} throws {error.GetType().Name} instead of {typeof(T).Name}.");
        }

        throw new ConformanceException($"{what} is taken instead of throwing {typeof(T).Name}.");
    }
}
