using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Tests.Support;
using Rag.Index.Text;

namespace Rag.Index.Tests;

/// <summary>The promises of <see cref="IChunkIndex"/>, one by one.</summary>
public sealed class SqliteChunkIndexTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_stored_comes_back_after_reopening()
    {
        Document document = new()
        {
            Id = "a/b c.md",
            Title = "Títle 😀",
            Text = "Heading\nFirst passage 😀 here.\nSecond \0 passage.",
            ContentHash = "abc",
            Elements = [new(ElementKind.Heading, new(0, 7), 1), new(ElementKind.Paragraph, new(8, 30)), new(ElementKind.Code, new(31, 48))],
            Pages = [new(3, new(0, 8)), new(4, new(8, 48))],
        };
        Chunk[] chunks =
        [
            new() { Id = "one", DocumentId = document.Id, Ordinal = 0, Range = new(8, 30), Text = document.Text[8..30], HeadingPath = ["Guide", "Ünit › 2"], Page = 4 },
            new() { Id = "two", DocumentId = document.Id, Ordinal = 1, Range = new(31, 48), Text = document.Text[31..48] },
        ];
        await using (SqliteChunkIndex index = await OpenAsync(Make.TextOnly))
        {
            await index.UpsertAsync(new(document, "fingerprint", chunks, null));
        }

        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        Document? stored = await reader.GetDocumentAsync(document.Id);
        Assert.Equivalent(document, stored, strict: true);
        Assert.Equivalent(chunks, await reader.GetDocumentChunksAsync(document.Id), strict: true);
        Assert.Equivalent(new[] { chunks[1], chunks[0] }, await reader.GetChunksAsync(["two", "gone", "one"]), strict: true);
        Assert.Equal(Make.TextOnly, await reader.GetManifestAsync());
        KeyValuePair<string, DocumentStamp> stamp = Assert.Single(await reader.GetDocumentStampsAsync());
        Assert.Equal(document.Id, stamp.Key);
        Assert.Equal(new DocumentStamp("abc", "fingerprint", 2), stamp.Value);
        Assert.Null(await reader.GetDocumentAsync("other"));
        Assert.Empty(await reader.GetDocumentChunksAsync("other"));
        Assert.Empty(await reader.VerifyAsync());
    }

    [Fact]
    public async Task A_long_text_comes_back_whole_and_in_ranges_wherever_pieces_end()
    {
        // A surrogate pair astride the place where one piece of 65,536 units ends.
        string text = new string('x', 65_535) + "😀" + string.Concat(Enumerable.Repeat("abc 한글 ", 30_000));
        TextRange[] ranges = [new(0, 10), new(65_530, 65_535), new(65_535, 65_537), new(65_530, 65_545), new(131_000, 131_100), new(0, text.Length), new(text.Length - 1, text.Length)];
        Chunk[] chunks = [.. ranges.Select((range, i) => new Chunk { Id = $"c{i}", DocumentId = "d", Ordinal = i, Range = range, Text = text[range.Start..range.End] })];
        await using SqliteChunkIndex index = await OpenAsync(Make.TextOnly);
        await index.UpsertAsync(new(new() { Id = "d", Text = text, ContentHash = "h" }, "f", chunks, null));

        Assert.Equal(text, (await index.GetDocumentAsync("d"))!.Text);
        Assert.Equal(chunks.Select(chunk => chunk.Text), (await index.GetDocumentChunksAsync("d")).Select(chunk => chunk.Text));
    }

    [Fact]
    public async Task Upsert_replaces_everything_of_the_document_and_nothing_else()
    {
        Random random = new(1);
        await using SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        await index.UpsertAsync(Make.Document("a", ["apple banana", "cherry"], [Make.Vector(random), Make.Vector(random)]));
        await index.UpsertAsync(Make.Document("b", ["apple"], [Make.Vector(random)]));
        await index.UpsertAsync(Make.Document("a", ["durian"], [Make.Vector(random)], version: "2"));

        Assert.Equal(["b#1#0"], (await index.SearchTextAsync("apple cherry banana", 10)).Ids);
        Assert.Equal(["a#2#0"], (await index.SearchTextAsync("durian", 10)).Ids);
        Assert.Equal(["a#2#0", "b#1#0"], (await index.SearchVectorAsync(Make.Vector(random), 10)).Ids.Order());
        Assert.Empty(await index.GetChunksAsync(["a#1#0", "a#1#1"]));
        Assert.Equal(2, (await index.GetDocumentStampsAsync()).Count);
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task Upsert_twice_gives_the_same_results_as_once()
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        IndexedDocument document = Make.WithVectors("a", new(2), 5);
        await index.UpsertAsync(document);
        await index.UpsertAsync(Make.WithVectors("b", new(3), 5));
        ReadOnlyMemory<float> vector = Make.Vector(new(4));
        ChunkScores text = await index.SearchTextAsync("w0x w1x w2x", 10), dense = await index.SearchVectorAsync(vector, 10);
        await index.UpsertAsync(document);

        Assert.Equivalent(text, await index.SearchTextAsync("w0x w1x w2x", 10), strict: true);
        Assert.Equivalent(dense, await index.SearchVectorAsync(vector, 10), strict: true);
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task A_document_without_chunks_is_remembered_and_found_by_nothing()
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        await index.UpsertAsync(Make.WithVectors("a", new(5), 3));
        await index.UpsertAsync(Make.Document("a", [], [], version: "2"));
        await index.UpsertAsync(Make.Document("b", []));

        Assert.Equal(0, (await index.GetDocumentStampsAsync())["a"].Chunks);
        Assert.Equal("", (await index.GetDocumentAsync("b"))!.Text);
        Assert.Empty((await index.SearchVectorAsync(Make.Vector(new(1)), 10)).Ids);
        Assert.Empty((await index.SearchTextAsync("w0x", 10)).Ids);
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task Delete_removes_the_document_from_everywhere_and_says_whether_there_was_one()
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        await index.UpsertAsync(Make.Document("a", ["zebra"], [Make.Vector(new(1))]));
        Assert.True(await index.DeleteAsync("a"));
        Assert.False(await index.DeleteAsync("a"));
        Assert.Empty((await index.SearchTextAsync("zebra", 1)).Ids);
        Assert.Empty(await index.GetDocumentStampsAsync());
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task A_deleted_word_is_not_left_in_the_files_once_the_index_is_closed()
    {
        await using (SqliteChunkIndex index = await OpenAsync(Make.TextOnly))
        {
            for (int i = 0; i < 300; i++)
            {
                await index.UpsertAsync(Make.Document($"d{i}", [$"common secretword{i % 3}q"]));
            }

            for (int i = 0; i < 300; i += 3)
            {
                await index.DeleteAsync($"d{i}");
            }

            Assert.Empty(await index.VerifyAsync());
        }

        byte[] bytes = await File.ReadAllBytesAsync(_folder.Database);
        Assert.True(bytes.AsSpan().IndexOf("secretword1q"u8) >= 0);
        Assert.True(bytes.AsSpan().IndexOf("secretword0q"u8) < 0);
    }

    [Fact]
    public async Task Manifest_is_null_then_kept_then_refused_by_the_name_of_what_differs()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        Assert.Null(await index.GetManifestAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await index.UpsertAsync(Make.Document("a", [])));
        Assert.Empty((await index.SearchVectorAsync(new float[] { 1 }, 5)).Ids);
        Assert.Empty((await index.SearchTextAsync("x", 5)).Ids);

        Assert.False(await index.SetManifestAsync(Make.Manifest with { ChunkerFingerprint = "other" }, replace: false));
        Assert.False(await index.SetManifestAsync(Make.Manifest, replace: false));
        await index.UpsertAsync(Make.WithVectors("a", new(1), 2));
        Assert.False(await index.SetManifestAsync(Make.Manifest, replace: true));

        IndexManifest other = Make.Manifest with { Embedding = Make.Embedding with { Dimensions = 4, Model = "test/other" } };
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await index.SetManifestAsync(other, replace: false));
        Assert.Contains("\"test/model\" there, \"test/other\" here", error.Message, StringComparison.Ordinal);
        Assert.Contains("dimensions: \"8\" there, \"4\" here", error.Message, StringComparison.Ordinal);
        Assert.Equal(Make.Manifest, await index.GetManifestAsync());

        Assert.True(await index.SetManifestAsync(other, replace: true));
        Assert.Equal(other, await index.GetManifestAsync());
        Assert.Empty(await index.GetDocumentStampsAsync());
        Assert.Empty((await index.SearchVectorAsync(new float[] { 1, 0, 0, 0 }, 5)).Ids);
        await index.UpsertAsync(Make.Document("b", ["new"], [new float[] { 1, 2, 3, 4 }]));
        Assert.Equal(["b#1#0"], (await index.SearchVectorAsync(new float[] { 1, 0, 0, 0 }, 5)).Ids);
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task Another_analyzer_than_the_stored_one_is_refused_until_everything_is_replaced()
    {
        await using (SqliteChunkIndex index = await OpenAsync(Make.TextOnly))
        {
            await index.UpsertAsync(Make.Document("a", ["apples"]));
        }

        await using SqliteChunkIndex other = await _folder.OpenAsync(options => options.Analyzer = new PatternAnalyzer("[a-z]+", [], stem: false));
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await other.SearchTextAsync("apples", 1));
        Assert.Contains("test-pattern", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IncompatibleException>(async () => await other.UpsertAsync(Make.Document("b", ["x"])));
        await Assert.ThrowsAsync<IncompatibleException>(async () => await other.SetManifestAsync(Make.TextOnly, replace: false));
        Assert.True(await other.SetManifestAsync(Make.TextOnly, replace: true));
        Assert.Empty((await other.SearchTextAsync("apples", 1)).Ids);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, "has 3 values where the index holds 8")]
    [InlineData(new float[] { 1, 2, 3, float.NaN, 5, 6, 7, 8 }, "not a finite number")]
    [InlineData(new float[] { 1, 2, 3, float.PositiveInfinity, 5, 6, 7, 8 }, "not a finite number")]
    [InlineData(new float[] { 0, 0, 0, 0, 0, 0, 0, 0 }, "all zeros")]
    public async Task An_unusable_vector_is_refused_at_write_by_chunk_and_at_search(float[] bad, string reason)
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        ArgumentException write = await Assert.ThrowsAsync<ArgumentException>(
            async () => await index.UpsertAsync(Make.Document("a", ["x", "y"], [Make.Vector(new(1)), bad])));
        Assert.Contains("a#1#1", write.Message, StringComparison.Ordinal);
        Assert.Contains(reason, write.Message, StringComparison.Ordinal);
        Assert.Contains(reason, (await Assert.ThrowsAsync<ArgumentException>(async () => await index.SearchVectorAsync(bad, 5))).Message, StringComparison.Ordinal);
        Assert.Contains(reason, (await Assert.ThrowsAsync<ArgumentException>(async () => await index.ScoreVectorAsync(bad, []))).Message, StringComparison.Ordinal);
        Assert.Empty(await index.GetDocumentStampsAsync());
    }

    [Fact]
    public async Task Vectors_of_any_length_that_floats_can_have_compare_by_direction()
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        await index.UpsertAsync(Make.Document("a", ["x", "y"], [new float[] { 3e38f, 3e38f, 0, 0, 0, 0, 0, 0 }, new float[] { 0, 1e-44f, 0, 0, 0, 0, 0, 0 }]));
        ChunkScores scores = await index.SearchVectorAsync(new float[] { 0, 2e-40f, 0, 0, 0, 0, 0, 0 }, 2);
        Assert.Equal(["a#1#1", "a#1#0"], scores.Ids);
        Assert.Equal(1, scores.Scores[0], 1e-6);
        Assert.Equal(Math.Sqrt(.5), scores.Scores[1], 1e-6);
    }

    [Fact]
    public async Task Documents_that_contradict_themselves_are_refused_by_name()
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.TextOnly);
        IndexedDocument good = Make.Document("a", ["one 😀", "two"]);
        await index.UpsertAsync(good);
        IndexedDocument[] bad =
        [
            good with { Vectors = [Make.Vector(new(1))] },
            good with { Chunks = [good.Chunks[0], good.Chunks[0]] },
            good with { Chunks = [good.Chunks[0] with { DocumentId = "b" }] },
            good with { Chunks = [good.Chunks[0] with { Text = "other" }] },
            good with { Chunks = [good.Chunks[0] with { Range = new(0, 99) }] },
            good with { Chunks = [good.Chunks[0] with { Range = new(0, 5), Text = good.Document.Text[..5] }] },
            good with { Document = good.Document with { Text = "\uD800" }, Chunks = [] },
            good with { Document = good.Document with { Id = "b" }, Chunks = [good.Chunks[0] with { DocumentId = "b" }] },
        ];
        foreach (IndexedDocument document in bad)
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await index.UpsertAsync(document));
        }

        Assert.Equal(["a"], (await index.GetDocumentStampsAsync()).Keys);
        Assert.Equal(2, (await index.GetDocumentChunksAsync("a")).Count);
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task A_text_only_index_has_no_vector_side()
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.TextOnly);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await index.SearchVectorAsync(Make.Vector(new(1)), 1));
        Assert.Null(await index.ScoreVectorAsync(Make.Vector(new(1)), ["a"]));
    }

    [Fact]
    public async Task Members_say_no_to_bad_arguments_and_to_cancelled_calls()
    {
        await using SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await index.SearchTextAsync("x", 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await index.SearchVectorAsync(Make.Vector(new(1)), -1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await SqliteChunkIndex.OpenAsync(_folder.Path, new() { B = double.NaN }));
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await index.UpsertAsync(Make.WithVectors("a", new(1), 1), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await index.SearchTextAsync("x", 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await index.DeleteAsync("a", cancelled));
        Assert.Empty(await index.GetDocumentStampsAsync());
    }

    [Fact]
    public async Task Services_are_the_index_and_its_analyzer()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        Assert.Same(index, index.GetService(typeof(SqliteChunkIndex)));
        Assert.IsType<StandardAnalyzer>(index.GetService(typeof(ITextAnalyzer)));
        Assert.Null(index.GetService(typeof(string)));
    }

    [Fact]
    public async Task A_disposed_index_throws()
    {
        SqliteChunkIndex index = await OpenAsync(Make.Manifest);
        await index.DisposeAsync();
        await index.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await index.GetManifestAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await index.DeleteAsync("a"));
    }

    private async Task<SqliteChunkIndex> OpenAsync(IndexManifest manifest)
    {
        SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(manifest, replace: false);
        return index;
    }
}
