using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Text.Bm25;

public sealed class WaitingChunksTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task What_waits_is_found_as_what_is_merged_by_readers_of_every_age(int waiting)
    {
        Random random = new(waiting);
        await using SqliteChunkIndex index = await _folder.OpenAsync(options => options.MaxWaitingChunks = waiting);
        await using TestedAgainst plain = await TestedAgainst.CreateAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        await using SqliteChunkIndex old = await _folder.OpenReaderAsync();
        for (int i = 0; i < 120; i++)
        {
            // Replaced, removed, several at once: what a reader remembers must follow.
            IndexedDocument[] documents = [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => Make.WithVectors($"d{(i + (n * 50)) % 150}", random, random.Next(0, 4), $"{i}"))];
            await index.UpsertManyAsync(documents);
            await plain.Index.UpsertManyAsync(documents);
            if (i % 5 == 0)
            {
                string gone = $"d{random.Next(150)}";
                Assert.Equal(await plain.Index.DeleteAsync(gone), await index.DeleteAsync(gone));
            }

            string question = $"{Make.Word(random)} {Make.Word(random)} \"{Make.Word(random)} {Make.Word(random)}\"";
            ChunkScores expected = await plain.Index.SearchTextAsync(question, 10);
            Assert.Equivalent(expected, await index.SearchTextAsync(question, 10), strict: true);
            if (i % 3 == 0)
            {
                Assert.Equivalent(expected, await old.SearchTextAsync(question, 10), strict: true);
            }
        }

        Assert.Empty(await index.VerifyAsync());
    }

    /// <summary>An index that merges after every document.</summary>
    private sealed class TestedAgainst(TestFolder folder, SqliteChunkIndex index) : IAsyncDisposable
    {
        public SqliteChunkIndex Index => index;

        public static async Task<TestedAgainst> CreateAsync()
        {
            TestFolder folder = new();
            SqliteChunkIndex index = await folder.OpenAsync(options => options.MaxWaitingChunks = 1);
            await index.SetManifestAsync(Make.Manifest, replace: false);
            return new(folder, index);
        }

        public async ValueTask DisposeAsync()
        {
            await index.DisposeAsync();
            folder.Dispose();
        }
    }
}
