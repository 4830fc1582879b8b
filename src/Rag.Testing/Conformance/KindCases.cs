using Rag.Index;
using static Rag.Testing.ConformanceRun;

namespace Rag.Testing;

/// <summary>Sparse vectors and token vectors, of a store that keeps them.</summary>
internal static class KindCases
{
    private static readonly IndexedDocument[] Documents =
        [Document("a", "zebra zebra lion", "zebra"), Document("b", "lion owl", "yak yak yak yak"), Document("c", "zebra owl lion yak", "")];

    public static IEnumerable<ConformanceCase> All =>
    [
        Case("A sparse search finds what shares a place, by the products of the weights, equal ones by id", async (run, index) =>
        {
            SparseVector question = Sparse("zebra yak yak");
            var expected = Documents.SelectMany(document => document.Chunks).Select(chunk => (chunk.Id, Score: Sparse(chunk.Text).Dot(question)))
                .Where(item => item.Score > 0).OrderByDescending(item => item.Score).ThenBy(item => item.Id, StringComparer.Ordinal).ToArray();
            for (int top = 1; top < 8; top++)
            {
                ChunkScores found = await index.SearchSparseAsync(question, top, run.Cancelled).ConfigureAwait(false);
                Equal(expected.Take(top), found.Ids.Zip(found.Scores), $"The best {top}");
            }

            Equal([], (await index.SearchSparseAsync(new([], []), 3, run.Cancelled).ConfigureAwait(false)).Ids, "What a question without a place finds");
        }),
        Case("Scores of given chunks are those of their sparse and token vectors, NaN for what is not there", async (run, index) =>
        {
            var chunks = Documents.SelectMany(document => document.Chunks).Reverse().ToArray();
            string[] ids = [.. chunks.Select(chunk => chunk.Id), "none"];
            SparseVector sparse = Sparse("zebra yak yak");
            MultiVector tokens = Tokens("lion zebra owl");
            Equal(chunks.Select(chunk => Sparse(chunk.Text).Dot(sparse)).Append(float.NaN), await index.ScoreSparseAsync(sparse, ids, run.Cancelled).ConfigureAwait(false), "Sparse scores");
            Equal(chunks.Select(chunk => tokens.MaxSim(Tokens(chunk.Text))).Append(float.NaN), await index.ScoreTokensAsync(tokens, ids, run.Cancelled).ConfigureAwait(false), "Token scores");
        }),
        Case("Replacing and deleting take sparse and token vectors along", async (run, index) =>
        {
            IChunkIndex? without = await run.CreateWithKindsAsync(false, Documents[0], Document("b", "owl zebra")).ConfigureAwait(false);
            await index.UpsertAsync(WithKinds(Document("b", "owl zebra")), run.Cancelled).ConfigureAwait(false);
            Equal(true, await index.DeleteAsync("c", run.Cancelled).ConfigureAwait(false), "Deleting what is there");
            await run.SameAsync(without!, index, Documents).ConfigureAwait(false);
        }),
        Case("Sparse or token vectors that do not fit the manifest are refused, and nothing of their document stored", async (run, index) =>
        {
            IndexedDocument sound = WithKinds(Document("d", "zebra", "lion"));
            IndexedDocument[] bad =
            [
                sound with { SparseVectors = null },
                sound with { TokenVectors = null },
                sound with { SparseVectors = [sound.SparseVectors![0]] },
                sound with { SparseVectors = [sound.SparseVectors[0], new SparseVector([Kinds.Sparse!.Dimensions], [1])] },
                sound with { SparseVectors = [sound.SparseVectors[0], new SparseVector([0], [1e30f])] },
                sound with { TokenVectors = [sound.TokenVectors![0], new MultiVector([1, 2], 2)] },
                sound with { TokenVectors = [sound.TokenVectors[0], new MultiVector([1, 2, 1e30f, 3], Dimensions)] },
            ];
            foreach (IndexedDocument document in bad)
            {
                await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.UpsertAsync(document, run.Cancelled).ConfigureAwait(false), "A document that does not fit").ConfigureAwait(false);
            }

            Equal(new IndexCounts(3, 6), await index.CountAsync(run.Cancelled).ConfigureAwait(false), "The counts");
        }),
        Case("Another model of sparse or token vectors is refused while documents are stored", async (run, index) =>
        {
            foreach (IndexManifest other in (IndexManifest[])[Manifest, Kinds with { Sparse = null }, Kinds with { Sparse = Kinds.Sparse! with { WeightsHash = "03" } }, Kinds with { Tokens = Kinds.Tokens! with { Model = "other" } }])
            {
                await WritingCases.ThrowsAsync<IncompatibleException>(async () => await index.SetManifestAsync(other, replace: false, run.Cancelled).ConfigureAwait(false), "Another manifest").ConfigureAwait(false);
            }

            Equal(false, await index.SetManifestAsync(Kinds, replace: true, run.Cancelled).ConfigureAwait(false), "Whether the same manifest drops content");
            Equal(Kinds, await index.GetManifestAsync(run.Cancelled).ConfigureAwait(false), "The manifest");
        }),
        Case("A sparse or token vector of another model cannot be asked with", async (run, index) =>
        {
            SparseVector beyond = new([Kinds.Sparse!.Dimensions], [1]);
            MultiVector narrow = new([1, 2], 2);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.SearchSparseAsync(Sparse("zebra"), 0, run.Cancelled).ConfigureAwait(false), "Asking for none").ConfigureAwait(false);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.SearchSparseAsync(beyond, 1, run.Cancelled).ConfigureAwait(false), "A place too high").ConfigureAwait(false);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.ScoreSparseAsync(beyond, ["a#0"], run.Cancelled).ConfigureAwait(false), "A place too high").ConfigureAwait(false);
            await WritingCases.ThrowsAsync<ArgumentException>(async () => await index.ScoreTokensAsync(narrow, ["a#0"], run.Cancelled).ConfigureAwait(false), "Vectors too short").ConfigureAwait(false);
        }),
        new("An index without sparse and token vectors says so", async run =>
        {
            IChunkIndex index = await run.CreateAsync(false, Documents).ConfigureAwait(false);
            await WritingCases.ThrowsAsync<UnsupportedException>(async () => await index.SearchSparseAsync(Sparse("zebra"), 1, run.Cancelled).ConfigureAwait(false), "A sparse search").ConfigureAwait(false);
            Equal(null, await index.ScoreSparseAsync(Sparse("zebra"), ["a#0"], run.Cancelled).ConfigureAwait(false), "Sparse scores");
            Equal(null, await index.ScoreTokensAsync(Tokens("zebra"), ["a#0"], run.Cancelled).ConfigureAwait(false), "Token scores");
        }),
        new("Within a scope sparse and token vectors are those of what the principal may read", run => AccessCases.HidesKindsAsync(run, isProtected: false)),
        new("Of a protected index sparse and token vectors show nothing but what names the principal", run => AccessCases.HidesKindsAsync(run, isProtected: true)),
    ];

    private static ConformanceCase Case(string name, Func<ConformanceRun, IChunkIndex, Task> check) => new(name, async run =>
    {
        if (await run.CreateWithKindsAsync(false, Documents).ConfigureAwait(false) is { } index)
        {
            await check(run, index).ConfigureAwait(false);
        }
    });
}
