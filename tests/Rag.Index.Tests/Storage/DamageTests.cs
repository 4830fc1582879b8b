using Microsoft.Data.Sqlite;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Storage;

public sealed class DamageTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_no_database_is_named_with_what_to_do(bool readOnly)
    {
        await File.WriteAllTextAsync(_folder.Database, new string('x', 10_000));
        CorruptException error = await Assert.ThrowsAsync<CorruptException>(async () => await _folder.OpenAsync(options => options.ReadOnly = readOnly));
        Assert.Equal(_folder.Database, error.Location);
        Assert.Contains("ingest the documents again", error.Message, StringComparison.Ordinal);
        Assert.Equal(10_000, new FileInfo(_folder.Database).Length);
    }

    [Fact]
    public async Task Another_programs_database_is_left_alone()
    {
        Sql("CREATE TABLE notes (text); INSERT INTO notes VALUES ('keep me')");
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await _folder.OpenAsync());
        Assert.Contains("not an index of Rag", error.Message, StringComparison.Ordinal);
        Assert.Equal("keep me", Sql("SELECT text FROM notes"));
    }

    [Theory]
    [InlineData(3, "newer release")]
    [InlineData(0, "Use the release that made it")]
    public async Task Another_format_version_is_refused_by_both_numbers(int version, string advice)
    {
        await FillAsync();
        _folder.Damage($"PRAGMA user_version = {version}");
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await _folder.OpenAsync());
        Assert.Contains($"format version {version}; this library reads version 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_whose_creation_was_cut_short_is_as_good_as_none()
    {
        await File.WriteAllBytesAsync(_folder.Database, []);
        Assert.Contains("Ingest documents first", (await Assert.ThrowsAsync<UnavailableException>(async () => await _folder.OpenReaderAsync())).Message, StringComparison.Ordinal);
        await FillAsync();
    }

    [Fact]
    public async Task A_truncated_file_is_reported_and_never_searched_as_if_whole()
    {
        await FillAsync();
        _folder.SumsGone();
        byte[] whole = await File.ReadAllBytesAsync(_folder.Database);
        string expected;
        await using (SqliteChunkIndex index = await _folder.OpenReaderAsync())
        {
            expected = await Snapshot.OfAsync(index);
        }

        foreach (int length in (int[])[1, 100, 5_000, whole.Length / 2, whole.Length - 8192, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(_folder.Database, whole[..length]);
            await Assert.ThrowsAsync<CorruptException>(async () =>
            {
                await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
                foreach (string fault in await index.VerifyAsync())
                {
                    throw new CorruptException(fault);
                }

                // The rest of a page may be zeros: then nothing was lost, and the whole is there.
                Assert.True(length > whole.Length - 8192 && await Snapshot.OfAsync(index) == expected, $"{length} of {whole.Length} bytes pass for a sound index that shows something else.");
                throw new CorruptException("nothing was lost");
            });
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_anything_with_a_checksum_is_noticed()
    {
        await FillAsync();
        _folder.SumsGone();
        byte[] whole = await File.ReadAllBytesAsync(_folder.Database);
        string expected;
        await using (SqliteChunkIndex index = await _folder.OpenReaderAsync())
        {
            expected = await Snapshot.OfAsync(index);
        }

        Random random = new(17);
        int errors = 0, findings = 0, silent = 0;
        for (int i = 0; i < 400; i++)
        {
            int position = random.Next(whole.Length);
            byte[] damaged = [.. whole];
            damaged[position] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(_folder.Database, damaged);
            try
            {
                await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
                if ((await index.VerifyAsync()).Count > 0)
                {
                    findings++;
                }
                else if (await Snapshot.OfAsync(index) != expected)
                {
                    silent++;
                }
            }
            catch (RagException)
            {
                errors++;
            }
        }

        // Every row has a checksum; keys within the trees have none where that of the whole file is gone.
        Assert.True(errors + findings > 50, $"{errors} errors, {findings} findings");
        Assert.True(silent <= 2, $"{silent} of 400 changed what the index shows without a word.");
    }

    [Theory]
    [InlineData("DELETE FROM vectors WHERE chunk = 3", "1 passages have no vector")]
    [InlineData("DELETE FROM terms WHERE chunk = 3", "1 passages have no term record")]
    [InlineData("DELETE FROM chunks WHERE key = 3", "1 documents lack passages")]
    [InlineData("DELETE FROM documents WHERE key = 2", "3 passages belong to no document")]
    [InlineData("DELETE FROM texts WHERE key = 2 << 20", "The text of document d1 is damaged")]
    [InlineData("INSERT INTO pending VALUES (3, zeroblob(4))", "The waiting terms of passage 3 are damaged")]
    [InlineData("UPDATE vectors SET data = zeroblob(36) WHERE chunk = 3", "The vector of passage 3 is damaged")]
    [InlineData("DELETE FROM postings WHERE term = CAST('w0x' AS BLOB)", "difference between the postings and the terms")]
    [InlineData("UPDATE state SET chunks = chunks + 2", "2 passages more or fewer")]
    [InlineData("UPDATE state SET total_length = total_length - 5", "5 terms more or fewer")]
    [InlineData("UPDATE state SET next_chunk = 2", "keys are not below the next one")]
    public async Task Verify_names_each_thing_that_does_not_fit(string damage, string finding)
    {

        await FillAsync();
        _folder.Damage(damage);
        await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
        Assert.Contains(await index.VerifyAsync(), fault => fault.Contains(finding, StringComparison.Ordinal));
    }

    private async Task FillAsync()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        for (int i = 0; i < 40; i++)
        {
            await index.UpsertAsync(Make.WithVectors($"d{i}", new(i), 3));
        }

        Assert.Empty(await index.VerifyAsync());
    }

    private object? Sql(string sql)
    {
        using SqliteConnection connection = new($"Data Source={_folder.Database};Pooling=False");
        SQLitePCL.Batteries_V2.Init();
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
