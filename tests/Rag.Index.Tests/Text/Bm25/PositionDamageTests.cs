using Microsoft.Data.Sqlite;
using Rag.Index.Storage;
using Rag.Index.Tests.Support;
using Rag.Index.Text;

namespace Rag.Index.Tests.Text.Bm25;

public sealed class PositionDamageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Positions_that_differ_from_the_passages_are_found()
    {
        await FillAsync();
        Change((postings, positions) => PostingsBlock.EncodePositions("red"u8, postings[0].Chunk, postings, [.. positions.Select(position => position + 1)], new()));
        await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
        Assert.Contains(await index.VerifyAsync(), fault => fault.Contains("difference between the postings and the terms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Positions_cut_short_are_found_and_end_a_phrase_search_but_no_plain_one()
    {
        await FillAsync();
        Change((postings, positions) => PostingsBlock.EncodePositions("red"u8, postings[0].Chunk, postings.AsSpan(0, 1), positions.AsSpan(0, 1), new()));
        await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
        Assert.Contains("A block of postings is damaged.", await index.VerifyAsync());
        await Assert.ThrowsAsync<CorruptException>(async () => await index.SearchTextAsync("\"red apple\"", 5));
        Assert.Equal(3, (await index.SearchTextAsync("red", 5)).Ids.Count);
    }

    [Fact]
    public async Task What_waits_to_be_merged_and_differs_from_the_passages_is_found()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.TextOnly, replace: false);
        await index.UpsertAsync(Make.Document("d", ["red apple"]));
        using TestFolder copy = _folder.CopyFiles();
        using (IndexConnection connection = IndexConnection.Open(copy.Database, readOnly: false, TimeSpan.FromSeconds(1)))
        {
            Assert.Equal(1, connection.Execute("UPDATE pending SET data = @1", TermsRecord.Encode(TermCounts.Of(new StandardAnalyzer(), "apple red"), 1, withPositions: true, new())));
        }

        await using SqliteChunkIndex reader = await copy.OpenReaderAsync();
        Assert.Contains(await reader.VerifyAsync(), fault => fault.Contains("difference between what waits", StringComparison.Ordinal));
    }

    private async Task FillAsync()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.TextOnly, replace: false);
        await index.UpsertAsync(Make.Document("d", ["red apple", "one red apple", "apple red"]));
    }

    private void Change(Func<Posting[], int[], byte[]> change)
    {
        _folder.SumsGone();
        using IndexConnection connection = IndexConnection.Open(_folder.Database, readOnly: false, TimeSpan.FromSeconds(1));
        PostingsList list = new();
        using (SqliteDataReader row = connection.Query("SELECT first, data, positions FROM postings WHERE term = @1", "red"u8.ToArray()))
        {
            Assert.True(row.Read());
            PostingsBlock.Decode((byte[])row[1], "red"u8, row.GetInt64(0), _folder.Database, list.Postings);
            PostingsBlock.DecodePositions((byte[])row[2], "red"u8, row.GetInt64(0), PostingsBlock.Span(list.Postings), _folder.Database, list.Positions);
        }

        Assert.Equal(1, connection.Execute("UPDATE postings SET positions = @2 WHERE term = @1", "red"u8.ToArray(), change([.. list.Postings], [.. list.Positions])));
    }
}
