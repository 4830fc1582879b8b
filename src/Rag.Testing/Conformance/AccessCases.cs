using Rag.Documents;
using Rag.Index;
using Rag.Index.Filters;
using static Rag.Testing.ConformanceRun;

namespace Rag.Testing;

/// <summary>What may not be read is as if it were not stored.</summary>
internal static class AccessCases
{
    private static readonly IndexedDocument[] Documents =
    [
        Document("open", "zebra lion", "owl"),
        For(With(Document("ann", "zebra zebra", "yak lion"), ("year", 1)), "ann"),
        For(With(Document("team", "zebra owl owl", "lion lion lion"), ("year", 1)), "team", "bob"),
        For(Document("every", "yak zebra"), AccessRules.EveryPrincipal),
        For(Document("nothing"), "ann"),
    ];

    private static readonly SearchScope[] Scopes =
    [
        SearchScope.Public, new(null, new Principal("ann")), new(null, new Principal("team")), new(null, new Principal("ann", "team")), new(null, new Principal("stranger")),
        new(MetadataFilter.Exists("year"), new Principal("ann")), new(!MetadataFilter.Exists("year")), SearchScope.Unrestricted,
    ];

    public static IEnumerable<ConformanceCase> All =>
    [
        new("Within a scope an index is as one that holds only what the principal may read", run => HidesAsync(run, isProtected: false)),
        new("A protected index shows nothing but what names the principal, and nothing at all to who is unknown", run => HidesAsync(run, isProtected: true)),
        new("Read directly an index shows what is open to all", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false), closed = await run.CreateAsync(true, Documents).ConfigureAwait(false);
            await run.SameAsync(index.Within(SearchScope.Public), index, Documents).ConfigureAwait(false);
            Equal(new IndexCounts(1, 2), await index.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts");
            Equal(new IndexCounts(0, 0), await closed.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts of a protected index");
        }),
        new("A change of access is seen by the next question, through views that were there before", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false);
            IChunkReader ann = index.Within(new(null, new Principal("ann"))), open = index.Within(SearchScope.Public);
            Equal(true, await ann.GetDocumentAsync("ann", run.Cancelled).ConfigureAwait(false) is not null, "Whether ann sees her document");
            await index.UpdateAsync("ann", new DocumentAttributes { Access = ["bob"] }, null, run.Cancelled).ConfigureAwait(false);
            Equal(null, await ann.GetDocumentAsync("ann", run.Cancelled).ConfigureAwait(false), "What ann sees when bob alone may");
            Equal([], await ann.GetChunksAsync(["ann#0"], run.Cancelled).ConfigureAwait(false), "Its chunks");
            await index.UpdateAsync("ann", DocumentAttributes.None, null, run.Cancelled).ConfigureAwait(false);
            Equal(["ann#0"], (await open.GetChunksAsync(["ann#0"], run.Cancelled).ConfigureAwait(false)).Select(chunk => chunk.Id), "What all see when all may");
        }),
        new("Protection is added to what is stored, and stays", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false);
            Equal(false, await index.SetManifestAsync(Manifest with { IsProtected = true }, replace: false, run.Cancelled).ConfigureAwait(false), "Whether content was dropped");
            Equal(null, await index.GetDocumentAsync("open", run.Cancelled).ConfigureAwait(false), "A document that names nobody");
            await index.SetManifestAsync(Manifest with { ChunkerFingerprint = "other" }, replace: true, run.Cancelled).ConfigureAwait(false);
            await index.UpsertAsync(Documents[0], run.Cancelled).ConfigureAwait(false);
            Equal(null, await index.GetDocumentAsync("open", run.Cancelled).ConfigureAwait(false), "A document that names nobody, after all was replaced");
        }),
        new("A view hands out nothing that reads beyond its scope", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false);
            IChunkReader view = index.Within(SearchScope.Public);
            Equal(null, view.GetService(typeof(IChunkIndex)), "The index behind a view");
            Equal(null, view.GetService(index.GetType()), "The index behind a view, by its type");
            Equal(false, view is IChunkIndex or IChunkWriter, "Whether a view can write");
        }),
    ];

    /// <summary>The same of sparse vectors and token vectors.</summary>
    public static async Task HidesKindsAsync(ConformanceRun run, bool isProtected)
    {
        if (await run.CreateWithKindsAsync(isProtected, Documents).ConfigureAwait(false) is not { } index)
        {
            return;
        }

        foreach (SearchScope scope in Scopes)
        {
            IndexedDocument[] readable = [.. Documents.Where(document => AccessRules.Permits(document.Document.Access, isProtected, scope))];
            IChunkIndex? alone = await run.CreateWithKindsAsync(isProtected, readable).ConfigureAwait(false);
            SearchScope all = SearchScope.Unrestricted with { Filter = scope.Filter };
            await run.SameAsync(alone!.Within(all), index.Within(scope), Documents).ConfigureAwait(false);
        }
    }

    private static async Task HidesAsync(ConformanceRun run, bool isProtected)
    {
        IChunkIndex index = await run.CreateAsync(isProtected, Documents).ConfigureAwait(false);
        foreach (SearchScope scope in Scopes)
        {
            IndexedDocument[] readable = [.. Documents.Where(document => AccessRules.Permits(document.Document.Access, isProtected, scope))];
            IChunkIndex alone = await run.CreateAsync(isProtected, readable).ConfigureAwait(false);
            SearchScope all = SearchScope.Unrestricted with { Filter = scope.Filter };
            await run.SameAsync(alone.Within(all), index.Within(scope), Documents).ConfigureAwait(false);
        }
    }
}
