using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Storage;

/// <summary>A write that stops anywhere leaves the last commit, whether the process goes on or dies.</summary>
public sealed class CrashTests
{
    private static readonly string[] Steps = ["removed", "document", "chunks", "merged", "saved", "committed"];

    [Fact]
    public async Task Every_step_of_a_write_can_fail_and_leaves_the_previous_state()
    {
        foreach (string failing in Steps)
        {
            using TestFolder folder = new();
            bool armed = false;
            await using SqliteChunkIndex index = await folder.OpenAsync(options => options.OnStep = step =>
            {
                if (armed && step == failing)
                {
                    throw new IOException(step);
                }
            });
            await FillAsync(index);
            string before = await Snapshot.OfAsync(index);
            armed = true;
            IOException error = await Assert.ThrowsAsync<IOException>(async () => await index.UpsertAsync(Replacement()));
            Assert.Equal(failing, error.Message);
            armed = false;
            string after = await Snapshot.OfAsync(index);
            Assert.Equal(failing == "committed", before != after);
            Assert.Empty(await index.VerifyAsync());

            await index.UpsertAsync(Replacement());
            Assert.Contains("d7 hash-d7-new", await Snapshot.OfAsync(index), StringComparison.Ordinal);
            Assert.Empty(await index.VerifyAsync());
        }
    }

    [Fact]
    public async Task The_files_at_any_step_open_to_the_last_commit()
    {
        using TestFolder folder = new();
        List<(string Step, TestFolder Copy)> copies = [];
        bool armed = false;
        await using SqliteChunkIndex index = await folder.OpenAsync(options => options.OnStep = step =>
        {
            if (armed)
            {
                copies.Add((step, folder.CopyFiles()));
            }
        });
        await FillAsync(index);
        string before = await Snapshot.OfAsync(index);
        armed = true;
        await index.UpsertAsync(Replacement());
        armed = false;
        string after = await Snapshot.OfAsync(index);

        Assert.Equal(Steps, copies.Select(copy => copy.Step));
        foreach ((string step, TestFolder copy) in copies)
        {
            using (copy)
            {
                await using SqliteChunkIndex recovered = await copy.OpenAsync();
                Assert.Equal(step == "committed" ? after : before, await Snapshot.OfAsync(recovered));
                Assert.Empty(await recovered.VerifyAsync());
                await recovered.UpsertAsync(Replacement());
                Assert.Equal(after, await Snapshot.OfAsync(recovered));
            }
        }
    }

    [Fact]
    public async Task A_log_cut_anywhere_opens_to_some_commit()
    {
        using TestFolder folder = new();
        await using SqliteChunkIndex index = await folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        List<string> states = [await Snapshot.OfAsync(index)];
        for (int i = 0; i < 6; i++)
        {
            await index.UpsertAsync(Make.WithVectors($"d{i % 4}", new(i), 2, $"{i}"));
            states.Add(await Snapshot.OfAsync(index));
        }

        Random random = new(3);
        long length = new FileInfo(folder.Database + "-wal").Length;
        int latest = 0;
        for (int i = 0; i < 25; i++)
        {
            using TestFolder copy = folder.CopyFiles();
            using (FileStream log = new(copy.Database + "-wal", FileMode.Open))
            {
                log.SetLength(random.NextInt64(length * 2 / 3, length));
            }

            await using SqliteChunkIndex recovered = await copy.OpenAsync();
            int state = states.IndexOf(await Snapshot.OfAsync(recovered));
            Assert.True(state >= 0, "The recovered state was never committed.");
            latest = Math.Max(latest, state);
            Assert.Empty(await recovered.VerifyAsync());
        }

        Assert.InRange(latest, 1, states.Count - 1);
    }

    private static async Task FillAsync(SqliteChunkIndex index)
    {
        await index.SetManifestAsync(Make.Manifest, replace: false);
        for (int i = 0; i < 85; i++)
        {
            await index.UpsertAsync(Make.WithVectors($"d{i}", new(i), 3));
        }
    }

    // Brings the chunks to the number at which they are merged, and replaces.
    private static IndexedDocument Replacement() => Make.WithVectors("d7", new(100), 3, "new");
}
