using Rag.Chunking;
using Rag.Documents;
using Rag.Index;
using Rag.Ingestion;
using Rag.Testing;
using Rag.Tests.Fakes;

namespace Rag.Tests;

/// <summary>What a source says of its documents reaches the index, and changes there without anything being embedded again.</summary>
public sealed class IngestionAttributesTests : IAsyncDisposable
{
    private static readonly Principal Boss = new("boss"), Staff = new("staff");

    private readonly FakeSource _source = new();
    private readonly FakeReader _reader = new();
    private readonly FakeEmbedder _embedder = new();
    private readonly InMemoryChunkIndex _index = new();

    public ValueTask DisposeAsync() => _index.DisposeAsync();

    private Task<IngestionResult> RunAsync(Func<SourceItem, DocumentAttributes?>? attributes = null, IngestionOptions? options = null)
    {
        options ??= new();
        options.Attributes = attributes;
        return new IngestionPipeline(_source, [_reader], new StructureChunker(), _embedder, _index, options).RunAsync();
    }

    private static DocumentAttributes For(params string[] access) => new() { Access = access };

    private static DocumentAttributes With(string name, MetadataValue value) => new() { Metadata = DocumentMetadata.Create([new(name, value)]) };

    private async Task<string[]> ReadAsync(Principal? principal)
    {
        IChunkReader reader = _index.Within(new SearchScope(Principal: principal));
        ChunkScores found = await reader.SearchTextAsync("text", 10);
        return [.. (await reader.GetChunksAsync(found.Ids)).Select(chunk => chunk.DocumentId).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Changed_metadata_is_stored_and_nothing_is_embedded_again()
    {
        _source.With("a.txt", "Alpha text.").With("b.txt", "Beta text.");
        await RunAsync(_ => With("year", 1));
        IngestionResult result = await RunAsync(item => With("year", item.Id == "a.txt" ? 2 : 1));

        Assert.Equal((0, 1, 1, 0), (result.Added, result.Updated, result.Unchanged, result.Embedded));
        Assert.Single(_embedder.Calls);
        Assert.Equal(2, (await _index.GetDocumentAsync("a.txt"))!.Metadata["year"]);
        Assert.Equal((0, 2), ((result = await RunAsync(item => With("year", item.Id == "a.txt" ? 2 : 1))).Updated, result.Unchanged));
    }

    [Fact]
    public async Task Changed_access_is_seen_by_the_next_question_and_nothing_is_embedded_again()
    {
        _source.With("a.txt", "Alpha text.");
        await RunAsync(_ => For("staff", "boss"));
        Assert.Equal(["a.txt"], await ReadAsync(Staff));

        await RunAsync(_ => For("boss"));
        Assert.Empty(await ReadAsync(Staff));
        Assert.Empty(await ReadAsync(null));
        Assert.Equal(["a.txt"], await ReadAsync(Boss));

        await RunAsync(_ => DocumentAttributes.None);
        Assert.Equal(["a.txt"], await ReadAsync(null));
        Assert.Single(_embedder.Calls);
    }

    [Fact]
    public async Task Access_that_is_narrowed_while_the_content_changes_is_narrow_at_once()
    {
        _source.With("a.txt", "Alpha text.");
        await RunAsync(_ => For("staff", "boss"));
        _source.With("a.txt", "Alpha text, and what only the boss may know.");
        IngestionResult result = await RunAsync(_ => For("boss"));

        Assert.Equal(1, result.Updated);
        Assert.Empty(await ReadAsync(Staff));
        Assert.Equal(["a.txt"], await ReadAsync(Boss));
    }

    [Fact]
    public async Task A_run_that_says_nothing_leaves_access_and_metadata_as_they_are()
    {
        _source.With("a.txt", "Alpha text.").With("b.txt", "Beta text.");
        await RunAsync(_ => With("year", 1) with { Access = ["boss"] });
        _source.With("c.txt", "Gamma text.");
        IngestionResult result = await RunAsync();

        Assert.Equal((1, 0, 2), (result.Added, result.Updated, result.Unchanged));
        Assert.Equal(["c.txt"], await ReadAsync(null));
        Assert.Equal(1, (await _index.Within(SearchScope.Unrestricted).GetDocumentAsync("a.txt"))!.Metadata["year"]);
    }

    [Fact]
    public async Task A_run_that_says_nothing_keeps_changed_documents_from_those_who_could_not_read_them()
    {
        _source.With("a.txt", "Alpha text.");
        await RunAsync(_ => For("boss"));
        _source.With("a.txt", "Alpha text, changed.");
        Assert.Equal(1, (await RunAsync()).Updated);
        Assert.Empty(await ReadAsync(null));

        _reader.Fingerprint = "2";
        Assert.Equal(1, (await RunAsync()).Updated);
        Assert.Empty(await ReadAsync(null));
        Assert.Equal(["a.txt"], await ReadAsync(Boss));
        Assert.Equal(1, (await RunAsync()).Unchanged);
    }

    [Fact]
    public async Task An_index_that_is_built_anew_keeps_documents_from_those_who_could_not_read_them()
    {
        _source.With("a.txt", "Alpha text.").With("b.txt", "Beta text.");
        await RunAsync(item => item.Id == "a.txt" ? For("boss") : null);
        IngestionPipeline other = new(_source, [_reader], new StructureChunker(), embedder: null, _index, new() { ReplaceIncompatible = true });
        Assert.True((await other.RunAsync()).Replaced);

        Assert.Equal(["b.txt"], await ReadAsync(null));
        Assert.Equal(["a.txt", "b.txt"], await ReadAsync(Boss));
    }

    [Fact]
    public async Task What_the_source_says_goes_before_what_the_content_states()
    {
        _source.With("a.md", "---\ntenant: ours\nkind: memo\naccess: ['*']\n---\nAlpha text.");
        IngestionPipeline pipeline = new(_source, DocumentReaders.CreateDefault(), new StructureChunker(), _embedder, _index, new() { Attributes = _ => With("tenant", "theirs") with { Access = ["boss"] } });
        await pipeline.RunAsync();

        Assert.Empty(await ReadAsync(Staff));
        Document document = (await _index.Within(new(Principal: Boss)).GetDocumentAsync("a.md"))!;
        Assert.Equal(DocumentMetadata.Create([new("tenant", "theirs"), new("kind", "memo")]), document.Metadata);
        Assert.Equal(["boss"], document.Access);
    }

    [Fact]
    public async Task Metadata_that_the_content_states_never_crowd_out_those_of_the_source()
    {
        _source.With("a.md", $"---\n{string.Join('\n', Enumerable.Range(0, 64).Select(n => $"a{n}: {n}"))}\n---\nAlpha text.");
        IngestionPipeline pipeline = new(_source, DocumentReaders.CreateDefault(), new StructureChunker(), _embedder, _index, new() { Attributes = _ => With("tenant", "theirs") });

        Assert.Empty((await pipeline.RunAsync()).Failed);
        DocumentMetadata metadata = (await _index.GetDocumentAsync("a.md"))!.Metadata;
        Assert.Equal("theirs", metadata["tenant"]);
        Assert.Equal(DocumentMetadata.MaxNames, metadata.Count);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_one_fails_its_document_and_no_other()
    {
        _source.With("a.txt", "Alpha text.").With("b.txt", "Beta text.");
        IngestionResult result = await RunAsync(item => item.Id == "a.txt" ? For(" ") : For("boss"));

        Assert.Equal("a.txt", Assert.Single(result.Failed).Document);
        Assert.Equal(["b.txt"], await ReadAsync(Boss));
        Assert.Empty(await ReadAsync(null));
    }

    [Fact]
    public async Task A_protected_index_stays_so_when_a_later_run_forgets_it()
    {
        _source.With("a.txt", "Alpha text.").With("b.txt", "Beta text.");
        await RunAsync(item => item.Id == "a.txt" ? For("boss") : null, new() { Protect = true });
        await RunAsync();

        Assert.Empty(await ReadAsync(null));
        Assert.Empty(await ReadAsync(Staff));
        Assert.Equal(["a.txt"], await ReadAsync(Boss));
    }
}
