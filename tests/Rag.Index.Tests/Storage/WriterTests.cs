using Microsoft.Data.Sqlite;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Storage;

public sealed class WriterTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_writer_is_refused_until_the_first_is_closed()
    {
        SqliteChunkIndex first = await _folder.OpenAsync();
        UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(async () => await _folder.OpenAsync());
        Assert.Contains("open for writing elsewhere", error.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.Path, error.Location);
        await first.DisposeAsync();
        await using SqliteChunkIndex second = await _folder.OpenAsync();
        Assert.Null(await second.GetManifestAsync());
    }

    [Fact]
    public async Task A_lock_file_that_a_killed_writer_left_does_not_block()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "writer.lock"), "left over");
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
    }

    [Fact]
    public async Task A_read_only_index_refuses_writes_and_a_folder_without_an_index()
    {
        UnavailableException none = await Assert.ThrowsAsync<UnavailableException>(async () => await _folder.OpenReaderAsync());
        Assert.Contains("Ingest documents first", none.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        await using SqliteChunkIndex writer = await _folder.OpenAsync();
        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.DeleteAsync("a"));
    }

    [Fact]
    public async Task A_database_locked_by_another_program_is_named_in_a_sentence_and_usable_afterwards()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync(options => options.BusyTimeout = TimeSpan.Zero);
        await index.SetManifestAsync(Make.Manifest, replace: false);
        using (SqliteConnection other = new($"Data Source={_folder.Database};Pooling=False"))
        {
            other.Open();
            using SqliteCommand begin = other.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            UnavailableException error = await Assert.ThrowsAsync<UnavailableException>(async () => await index.UpsertAsync(Make.WithVectors("a", new(1), 1)));
            Assert.Contains("locked by another process", error.Message, StringComparison.Ordinal);
        }

        await index.UpsertAsync(Make.WithVectors("a", new(1), 1));
        Assert.Single(await index.GetDocumentStampsAsync());
    }

    [Fact]
    public async Task Readers_in_other_connections_see_each_commit_and_never_half_of_one()
    {
        await using SqliteChunkIndex writer = await _folder.OpenAsync();
        await writer.SetManifestAsync(Make.Manifest, replace: false);
        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        await writer.UpsertAsync(Versioned(0));
        using CancellationTokenSource done = new();
        int reads = 0;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(number => Task.Run(async () =>
        {
            Random random = new(number);
            int last = 0;
            while (!done.IsCancellationRequested || last == 0)
            {
                SqliteChunkIndex index = number == 0 ? writer : reader;
                ChunkScores scores = random.Next(2) == 0
                    ? await index.SearchTextAsync("always", 100)
                    : await index.SearchVectorAsync(Make.Vector(random), 100);

                // Version v has 1 + v % 5 chunks, all of that version.
                int[] versions = [.. scores.Ids.Select(id => int.Parse(id.Split('#')[1], System.Globalization.CultureInfo.InvariantCulture)).Distinct()];
                Assert.Single(versions);
                Assert.Equal(1 + (versions[0] % 5), scores.Ids.Count);
                Assert.True(versions[0] >= last, "A later read saw an earlier commit.");
                last = versions[0];
                Interlocked.Increment(ref reads);
            }
        }))];
        for (int version = 1; version <= 300; version++)
        {
            await writer.UpsertAsync(Versioned(version));
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(reads >= 3);
        Assert.Equal("d#300#0", Assert.Single((await reader.SearchTextAsync("always", 10)).Ids));
        Assert.Empty(await reader.VerifyAsync());
    }

    [Fact]
    public async Task Writes_at_once_come_one_after_another()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await index.UpsertAsync(Make.WithVectors($"d{i}", new(task), 3, $"{task}-{i}"));
            }
        })));
        Assert.Equal(20, (await index.GetDocumentStampsAsync()).Count);
        Assert.Empty(await index.VerifyAsync());
    }

    private static IndexedDocument Versioned(int version)
    {
        Random random = new(version);
        int chunks = 1 + (version % 5);
        return Make.Document(
            "d", [.. Enumerable.Repeat("always here", chunks)], [.. Enumerable.Range(0, chunks).Select(_ => Make.Vector(random))], $"{version}");
    }
}
