using Rag.Cli.Tests.Support;
using Rag.Documents;
using Rag.Hosting;

namespace Rag.Cli.Tests.Hosting;

public sealed class LibraryAccessTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public LibraryAccessTests()
    {
        _work.Write("docs/open.txt", "The harbour opens at dawn.");
        _work.Write("docs/board/plan.txt", "The harbour is to be sold.");
        _work.Write("access.json", """{ "board/**": ["board"] }""");
    }

    public void Dispose() => _work.Dispose();

    private RagOptions Options(bool named = true) => new()
    {
        Documents = _work.Below("docs"), EmbeddingModel = RagOptions.NoModel, ReaderModel = RagOptions.NoModel, Offline = true, AccessFile = named ? _work.Below("access.json") : null,
    };

    private static async Task<string[]> FoundAsync(DocumentLibrary library, params string[] names) =>
        [.. (await library.SearchAsync("harbour", scope: names.Length == 0 ? null : new(Principal: new(names)))).Select(hit => hit.Chunk.DocumentId).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Another_library_over_the_same_index_keeps_to_the_rules_that_were_named()
    {
        await using (DocumentLibrary library = new(Options()))
        {
            Assert.Equal(["open.txt"], await FoundAsync(library));
            Assert.Equal(["board/plan.txt", "open.txt"], await FoundAsync(library, "board"));
            Assert.True(await library.IsRestrictedAsync());
        }

        _work.Write("docs/board/new.txt", "The harbour is sold.");
        await using DocumentLibrary other = new(Options(named: false));
        Assert.Equal(["open.txt"], await FoundAsync(other));
        Assert.Equal(["board/new.txt", "board/plan.txt", "open.txt"], await FoundAsync(other, "board"));
    }

    [Fact]
    public async Task Rules_that_are_lost_leave_access_as_it_is_and_damaged_ones_end_the_ingest()
    {
        await using (DocumentLibrary library = new(Options()))
        {
            await library.IngestAsync();
        }

        string kept = _work.Below("docs/.rag/access.json");
        File.WriteAllText(kept, "{ \"board/**\": [\"bo");
        await using (DocumentLibrary damaged = new(Options(named: false)))
        {
            await Assert.ThrowsAsync<CorruptException>(() => FoundAsync(damaged));
        }

        File.Delete(kept);
        _work.Write("docs/board/plan.txt", "The harbour is to be sold, and soon.");
        await using DocumentLibrary lost = new(Options(named: false));
        Assert.Equal(["open.txt"], await FoundAsync(lost));
        Assert.True(await lost.IsRestrictedAsync());
    }

    [Fact]
    public async Task What_the_host_says_of_a_document_goes_before_the_file()
    {
        RagOptions options = Options();
        options.Ingestion.Attributes = item => item.Id == "board/plan.txt" ? new DocumentAttributes { Access = ["captain"] } : null;
        _work.Write("docs/board/new.txt", "The harbour is sold.");
        await using DocumentLibrary library = new(options);

        Assert.Equal(["board/new.txt", "open.txt"], await FoundAsync(library, "board"));
        Assert.Equal(["board/plan.txt", "open.txt"], await FoundAsync(library, "captain"));
    }

    [Fact]
    public async Task Without_rules_nothing_is_restricted()
    {
        await using DocumentLibrary library = new(Options(named: false));
        await library.IngestAsync();
        Assert.False(await library.IsRestrictedAsync());
        Assert.Equal(["board/plan.txt", "open.txt"], await FoundAsync(library));
    }

    [Fact]
    public async Task Another_embedder_that_builds_the_index_anew_opens_nothing()
    {
        RagOptions options = Options(named: false);
        options.Ingestion.Attributes = item => item.Id.StartsWith("board/", StringComparison.Ordinal) ? new DocumentAttributes { Access = ["board"] } : null;
        await using (DocumentLibrary library = new(options))
        {
            await library.IngestAsync();
        }

        RagOptions starter = Options(named: false);
        starter.EmbeddingModel = "starter";
        await using DocumentLibrary other = new(starter);
        Assert.True((await other.IngestAsync()).Replaced);
        Assert.Equal(["open.txt"], await FoundAsync(other));
        Assert.Equal(["board/plan.txt", "open.txt"], await FoundAsync(other, "board"));
    }
}
