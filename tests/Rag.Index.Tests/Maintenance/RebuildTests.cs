using Rag.Index.Maintenance;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Maintenance;

public sealed class RebuildTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DELETE FROM postings")]
    [InlineData("DELETE FROM terms WHERE chunk % 3 = 0")]
    [InlineData("UPDATE terms SET data = zeroblob(9) WHERE chunk = 7")]
    [InlineData("UPDATE postings SET data = zeroblob(9) WHERE first < 40")]
    [InlineData("UPDATE state SET chunks = 7, total_length = 3")]
    [InlineData("INSERT INTO vectors VALUES (100000, zeroblob(16), zeroblob(36))")]
    public async Task Caches_that_are_damaged_are_as_before_afterwards(string damage)
    {
        string before = await FillAsync();
        Assert.True(_folder.Damage(damage) > 0);
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        Assert.NotEmpty(await index.VerifyAsync());
        await index.RebuildAsync();
        Assert.Empty(await index.VerifyAsync());
        Assert.Equal(before, await Snapshot.OfAsync(index));
    }

    [Fact]
    public async Task A_rebuild_that_is_cancelled_leaves_everything_as_it_was()
    {
        string before = await FillAsync();
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await index.RebuildAsync(new Cancelling(cancellation), cancellation.Token));
        Assert.Equal(before, await Snapshot.OfAsync(index));
        Assert.Empty(await index.VerifyAsync());
    }

    [Fact]
    public async Task Statistics_are_those_of_the_content()
    {
        await FillAsync();
        await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
        IndexStatistics statistics = await index.GetStatisticsAsync();
        Assert.Equal((30, 90, 90, 0), (statistics.Documents, statistics.Chunks, statistics.Vectors, statistics.Waiting));
        Assert.Equal(90 * ((Make.Dimensions * sizeof(float)) + sizeof(uint)), statistics.Parts.Single(part => part.Name == "vectors").Bytes);
        Assert.Equal(Make.Manifest, statistics.Manifest);
        Assert.InRange(statistics.Terms, 10, 40);
    }

    private async Task<string> FillAsync()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        for (int i = 0; i < 30; i++)
        {
            await index.UpsertAsync(Make.WithVectors($"d{i}", new(i), 3));
        }

        return await Snapshot.OfAsync(index);
    }

    private sealed class Cancelling(CancellationTokenSource cancellation) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value)
        {
            if (value.Done > 40)
            {
                cancellation.Cancel();
            }
        }
    }
}
