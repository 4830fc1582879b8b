using System.Text;
using Rag.Documents;
using Rag.Index.Maintenance;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Maintenance;

public sealed class ExchangeTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_export_that_is_imported_gives_an_equal_index()
    {
        byte[] export = await ExportAsync();
        using TestFolder other = new();
        await using SqliteChunkIndex copy = await other.OpenAsync();
        List<IndexProgress> seen = [];
        Assert.Equal(9, await copy.ImportAsync(new MemoryStream(export), progress: new Immediate(seen)));
        Assert.Equal(new("documents", 9, 9), seen[^1]);
        Assert.Empty(await copy.VerifyAsync());
        await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
        Assert.Equal(await Snapshot.OfAsync(index), await Snapshot.OfAsync(copy));
        Document rich = (await copy.GetDocumentAsync("rich"))!;
        Assert.Equal([new(ElementKind.Heading, new(0, 2), 1), new(ElementKind.Code, new(3, 5))], rich.Elements);
        Assert.Equal([new(7, new(0, 5))], rich.Pages);
        using MemoryStream again = new();
        await copy.ExportAsync(again);
        Assert.Equal(Encoding.UTF8.GetString(export), Encoding.UTF8.GetString(again.ToArray()));
    }

    [Fact]
    public async Task An_export_holds_what_is_kept_from_everybody_and_an_import_keeps_it_so()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest with { IsProtected = true }, replace: false);
        Dictionary<string, Document> stored = [];
        for (int i = 0; i < 40; i++)
        {
            Random random = new(i);
            IndexedDocument made = Make.WithVectors($"d{i}", random, i % 4);
            Document document = made.Document with { Metadata = RandomScopes.Metadata(random), Access = RandomScopes.Access(random) };
            stored.Add(document.Id, document);
            await index.UpsertAsync(made with { Document = document });
        }

        Assert.Contains(stored.Values, document => document.Access.Count == 0);
        using MemoryStream export = new();
        Assert.Equal(40, await index.ExportAsync(export));
        export.Position = 0;
        using TestFolder other = new();
        await using SqliteChunkIndex copy = await other.OpenAsync();
        Assert.Equal(40, await copy.ImportAsync(export));

        Assert.True((await copy.GetManifestAsync())!.IsProtected);
        Assert.Equal(new IndexCounts(0, 0), await copy.CountAsync());
        foreach (Document document in stored.Values)
        {
            Document read = (await copy.Within(SearchScope.Unrestricted).GetDocumentAsync(document.Id))!;
            Assert.Equal(document.Metadata, read.Metadata);
            Assert.Equal(document.Access, read.Access);
            SearchScope ann = new(Principal: new("ann"));
            Assert.Equal(AccessRules.Permits(document.Access, isProtected: true, ann), await copy.Within(ann).GetDocumentAsync(document.Id) is not null);
        }

        Assert.Equal(
            (await index.GetDocumentStampsAsync()).Select(pair => (pair.Key, pair.Value.Fingerprint, string.Join('|', pair.Value.Access))).Order(),
            (await copy.GetDocumentStampsAsync()).Select(pair => (pair.Key, pair.Value.Fingerprint, string.Join('|', pair.Value.Access))).Order());
    }

    [Fact]
    public async Task An_import_of_changed_bytes_ends_in_an_error_by_name_or_a_sound_index()
    {
        byte[] export = await ExportAsync();
        Random random = new(5);
        int refused = 0;
        for (int i = 0; i < 150; i++)
        {
            byte[] changed = [.. export];
            int at = random.Next(changed.Length);
            switch (i % 3)
            {
                case 0:
                    changed = changed[..at];
                    break;
                case 1:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    "0123456789-\"[]{},"u8.Slice(random.Next(17), 1).CopyTo(changed.AsSpan(at));
                    break;
            }

            using TestFolder other = new();
            await using SqliteChunkIndex copy = await other.OpenAsync();
            try
            {
                await copy.ImportAsync(new MemoryStream(changed));
            }
            catch (RagException error)
            {
                refused++;
                Assert.True(error is CorruptException or IncompatibleException, error.ToString());
            }

            Assert.Empty(await copy.VerifyAsync());
        }

        Assert.InRange(refused, 50, 150);
    }

    [Theory]
    [InlineData("\"vector\":\"", "\"vector\":\"AAAA", "is not 8 32-bit floats")]
    [InlineData("\"start\":0,\"end\":", "\"start\":-1,\"end\":", "lies outside the text")]
    [InlineData("\"start\":0,\"end\":", "\"start\":0,\"end\":9", "lies outside the text")]
    [InlineData("\"elements\":[[1,", "\"elements\":[[99,", "unknown kind 99")]
    [InlineData("\"pages\":[[7,0,5]]", "\"pages\":[[7,0,5],[8,3,5]]", "A page of document rich cannot be")]
    [InlineData("\"contentHash\":", "\"contentHesh\":", "has no contentHash")]
    [InlineData("\"dimensions\":8", "\"dimensions\":2147483647", "a manifest that cannot be")]
    [InlineData("\"end\":true,\"documents\":9", "\"end\":true,\"documents\":8", "8 documents")]
    public async Task Lies_are_refused_by_line(string truth, string lie, string sentence)
    {
        string export = Encoding.UTF8.GetString(await ExportAsync());
        int at = export.IndexOf(truth, StringComparison.Ordinal);
        Assert.True(at >= 0, export[..Math.Min(3_000, export.Length)]);
        using TestFolder other = new();
        await using SqliteChunkIndex copy = await other.OpenAsync();
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(async () =>
            await copy.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(export[..at] + lie + export[(at + truth.Length)..]))));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Matches("line [0-9]+", error.Message);
    }

    [Fact]
    public async Task Limits_hold_before_memory_is_taken()
    {
        byte[] export = await ExportAsync();
        await using SqliteChunkIndex copy = await new TestFolder().OpenAsync();
        Assert.Equal("MaxLineBytes", (await Assert.ThrowsAsync<LimitExceededException>(async () => await copy.ImportAsync(new MemoryStream(export), new() { MaxLineBytes = 300 }))).LimitName);
        Assert.Equal("MaxDocuments", (await Assert.ThrowsAsync<LimitExceededException>(async () => await copy.ImportAsync(new MemoryStream(export), new() { MaxDocuments = 2 }))).LimitName);
        Assert.Equal(2, (await copy.GetDocumentStampsAsync()).Count);
    }

    [Fact]
    public async Task An_index_of_another_model_refuses_the_import()
    {
        byte[] export = await ExportAsync();
        using TestFolder other = new();
        await using SqliteChunkIndex copy = await other.OpenAsync();
        await copy.SetManifestAsync(Make.TextOnly, replace: false);
        await copy.UpsertAsync(Make.Document("mine", ["keep me"]));
        await Assert.ThrowsAsync<IncompatibleException>(async () => await copy.ImportAsync(new MemoryStream(export)));
        Assert.Equal("mine", Assert.Single((await copy.GetDocumentStampsAsync()).Keys));
    }

    private async Task<byte[]> ExportAsync()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        for (int i = 0; i < 8; i++)
        {
            await index.UpsertAsync(Make.WithVectors($"d{i}", new(i), i % 4));
        }

        IndexedDocument rich = Make.Document("rich", ["등대 😀"], [Make.Vector(new(4))]);
        await index.UpsertAsync(rich with
        {
            Document = rich.Document with { Title = "Lamps", Elements = [new(ElementKind.Heading, new(0, 2), 1), new(ElementKind.Code, new(3, 5))], Pages = [new(7, new(0, 5))] },
        });
        using MemoryStream stream = new();
        Assert.Equal(9, await index.ExportAsync(stream));
        return stream.ToArray();
    }

    private sealed class Immediate(List<IndexProgress> seen) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => seen.Add(value);
    }
}
