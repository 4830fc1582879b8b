using Rag.Index.Filters;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Filters;

public sealed class ScopeCacheTests : IDisposable
{
    private static readonly MetadataFilter Filter = MetadataFilter.Parse("document.id startswith 'd'");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(32)]
    public async Task What_was_found_for_one_is_never_given_to_another(int cached)
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync(options => options.MaxCachedScopes = cached);
        await index.SetManifestAsync(Make.Manifest, replace: false);
        string[] people = ["ann", "bob", "eve"];
        foreach (string name in people)
        {
            IndexedDocument made = Make.WithVectors("d " + name, new(1), 2);
            await index.UpsertAsync(made with { Document = made.Document with { Access = [name] } });
        }

        // Those who asked last ask again with the same filter, one after the other and at once.
        for (int round = 0; round < 3; round++)
        {
            foreach (string name in people)
            {
                await SeesAsync(index, name);
            }

            await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => SeesAsync(index, people[i % people.Length]))));
            Assert.Equal(new IndexCounts(0, 0), await index.Within(new(Filter)).CountAsync());
        }
    }

    [Fact]
    public async Task What_is_taken_away_is_gone_at_the_next_question_of_the_same_scope_in_every_process()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        IndexedDocument made = Make.WithVectors("d ann", new(1), 2);
        await index.UpsertAsync(made with { Document = made.Document with { Access = ["ann"] } });
        IChunkReader view = reader.Within(new(Filter, new("ann")));
        Assert.Equal(new IndexCounts(1, 2), await view.CountAsync());

        await index.UpdateAsync("d ann", new() { Access = ["bob"] });
        Assert.Equal(new IndexCounts(0, 0), await view.CountAsync());
        Assert.Empty((await view.SearchVectorAsync(Make.Vector(new(2)), 5)).Ids);
        Assert.Null(await view.GetDocumentAsync("d ann"));

        await index.UpdateAsync("d ann", new() { Access = ["ann"] });
        Assert.Equal(new IndexCounts(1, 2), await view.CountAsync());
    }

    private static async Task SeesAsync(SqliteChunkIndex index, string name)
    {
        IChunkReader view = index.Within(new(Filter, new(name)));
        Assert.Equal(new IndexCounts(1, 2), await view.CountAsync());
        Assert.NotNull(await view.GetDocumentAsync("d " + name));
        Assert.All((await view.SearchVectorAsync(Make.Vector(new(2)), 10)).Ids, id => Assert.StartsWith("d " + name, id, StringComparison.Ordinal));
    }
}
