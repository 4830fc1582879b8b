using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Storage;

/// <summary>The checksums of a database at rest: when they are there, what they notice, and that they raise no false alarm.</summary>
public sealed class FileSumsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Sums => Path.Combine(_folder.Path, "index.sum");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task They_are_there_while_nobody_changes_anything()
    {
        await FillAsync("a");
        byte[] first = await File.ReadAllBytesAsync(Sums);
        await using (SqliteChunkIndex index = await _folder.OpenAsync())
        {
            await index.SearchTextAsync("w0x", 3);
            Assert.True(File.Exists(Sums));
            await index.UpsertAsync(Make.WithVectors("b", new(2), 3));
            Assert.False(File.Exists(Sums));
        }

        Assert.NotEqual(first, await File.ReadAllBytesAsync(Sums));
        byte[] second = await File.ReadAllBytesAsync(Sums);
        await (await _folder.OpenAsync()).DisposeAsync();
        Assert.Equal(second, await File.ReadAllBytesAsync(Sums));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_bit_is_an_error_that_names_its_region_or_a_finding_where_opening_does_not_look(bool readOnly)
    {
        await FillAsync("a");
        Flip(new FileInfo(_folder.Database).Length - 1);
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(async () => await _folder.OpenAsync(options => options.ReadOnly = readOnly));
        Assert.Contains("is damaged somewhere in bytes 0 to ", error.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.Database, error.Location);

        await using SqliteChunkIndex index = await _folder.OpenAsync(options => (options.ReadOnly, options.VerifyOnOpenBytes) = (readOnly, 0));
        Assert.Contains(await index.VerifyAsync(), fault => fault.Contains("is damaged somewhere in bytes 0 to ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Checksums_of_another_commit_are_refused_and_damaged_ones_are_as_good_as_none()
    {
        await FillAsync("a");
        byte[] old = await File.ReadAllBytesAsync(Sums);
        await FillAsync("b");
        await File.WriteAllBytesAsync(Sums, old);
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(async () => await _folder.OpenReaderAsync());
        Assert.Contains("delete " + Sums, error.Message, StringComparison.Ordinal);
        foreach (byte[] broken in (byte[][])[[], [1], old[..^1], [.. old, 0], new byte[old.Length]])
        {
            await File.WriteAllBytesAsync(Sums, broken);
            await (await _folder.OpenReaderAsync()).DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_that_is_longer_than_the_limit_has_none()
    {
        await using (SqliteChunkIndex index = await _folder.OpenAsync(options => options.VerifyOnOpenBytes = 8192))
        {
            await index.SetManifestAsync(Make.Manifest, replace: false);
            await index.UpsertAsync(Make.WithVectors("a", new(1), 3));
        }

        Assert.False(File.Exists(Sums));
    }

    [Fact]
    public async Task Readers_that_open_while_writers_come_and_go_are_never_told_of_damage()
    {
        await FillAsync("start");
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 60; i++)
            {
                await FillAsync($"d{i % 7}", i);
            }
        });
        int opened = 0;
        while (!writing.IsCompleted)
        {
            try
            {
                await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
                Assert.NotEmpty((await reader.GetDocumentStampsAsync()).Keys);
                opened++;
            }
            catch (UnavailableException error) when (error.Message.Contains("locked", StringComparison.Ordinal))
            {
            }
        }

        await writing;
        Assert.True(opened > 0);
    }

    private async Task FillAsync(string id, int version = 0)
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        await index.UpsertAsync(Make.WithVectors(id, new(version), 3));
    }

    private void Flip(long position)
    {
        using FileStream stream = new(_folder.Database, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = position;
        int value = stream.ReadByte();
        stream.Position = position;
        stream.WriteByte((byte)(value ^ 1));
    }
}
