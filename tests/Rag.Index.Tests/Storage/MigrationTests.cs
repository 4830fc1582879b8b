using System.Text;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Storage;

/// <summary>An index as an earlier release left it, with merged and waiting postings.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _expected;

    public MigrationTests()
    {
        string fixture = Path.Combine(AppContext.BaseDirectory, "Fixtures", "version-1");
        File.Copy(Path.Combine(fixture, "index.db"), _folder.Database);
        _expected = File.ReadAllText(Path.Combine(fixture, "snapshot.txt")).ReplaceLineEndings("\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_reader_of_an_older_version_says_what_brings_it_up_to_date_and_changes_nothing()
    {
        byte[] before = await File.ReadAllBytesAsync(_folder.Database);
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await _folder.OpenReaderAsync());
        Assert.Contains("format version 1 of an earlier release", error.Message, StringComparison.Ordinal);
        Assert.Contains("Open it once for writing", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Database));
    }

    [Fact]
    public async Task A_writer_brings_it_up_to_date_and_shows_what_it_showed()
    {
        await using (SqliteChunkIndex index = await _folder.OpenAsync())
        {
            Assert.Equal(_expected, await ShowAsync(index));
            Assert.Empty(await index.VerifyAsync());
            Assert.True(await index.UpdateAsync("guide/harbour.md", new() { Access = ["ann"] }));
            await index.UpsertAsync(Make.WithVectors("new", new(1), 3));
            Assert.Empty(await index.VerifyAsync());
        }

        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        Assert.Null(await reader.GetDocumentAsync("guide/harbour.md"));
        Assert.Equal(3, (await reader.Within(new(null, new Principal("ann"))).GetDocumentChunksAsync("guide/harbour.md")).Count);
    }

    [Fact]
    public async Task Upgrade_says_whether_it_did_anything()
    {
        Assert.True(await SqliteChunkIndex.UpgradeAsync(_folder.Path));
        Assert.False(await SqliteChunkIndex.UpgradeAsync(_folder.Path));
        Assert.False(await SqliteChunkIndex.UpgradeAsync(_folder.Path + "-none"));
        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        Assert.Equal(_expected, await ShowAsync(reader));
    }

    [Theory]
    [InlineData("migrated")]
    [InlineData("committed")]
    public async Task A_crash_on_the_way_leaves_the_old_version_or_the_new_one(string step)
    {
        TestFolder? copy = null;
        await using (SqliteChunkIndex index = await _folder.OpenAsync(options => options.OnStep = reached => copy ??= reached == step ? _folder.CopyFiles() : null))
        {
        }

        using TestFolder left = copy!;
        Assert.Equal(step == "migrated", await SqliteChunkIndex.UpgradeAsync(left.Path));
        await using SqliteChunkIndex reader = await left.OpenReaderAsync();
        Assert.Equal(_expected, await ShowAsync(reader));
        Assert.Empty(await reader.VerifyAsync());
    }

    private static async Task<string> ShowAsync(SqliteChunkIndex index)
    {
        StringBuilder text = new();
        text.Append((await index.GetManifestAsync())!.ChunkerFingerprint).Append('\n');
        foreach ((string id, DocumentStamp stamp) in (await index.GetDocumentStampsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Document document = (await index.GetDocumentAsync(id))!;
            text.Append(id).Append($" DocumentStamp {{ ContentHash = {stamp.ContentHash}, Fingerprint = {stamp.Fingerprint}, Chunks = {stamp.Chunks} }}\n").Append(document.Title).Append('\n').Append(document.Text).Append('\n');
            foreach (Chunk chunk in await index.GetDocumentChunksAsync(id))
            {
                text.Append($"{chunk.Id} {chunk.Range} {chunk.Page} {chunk.Heading} {chunk.Text}\n");
            }
        }

        foreach (ChunkScores scores in new[] { await index.SearchTextAsync("ships harbour nine lamp 등대", 20), await index.SearchVectorAsync(Make.Vector(new(1)), 20) })
        {
            text.AppendJoin(", ", scores.Ids.Zip(scores.Scores, (id, score) => FormattableString.Invariant($"{id} {score:F5}"))).Append(FormattableString.Invariant($" / {scores.StandardDeviation:F5}\n"));
        }

        return text.ToString();
    }
}
