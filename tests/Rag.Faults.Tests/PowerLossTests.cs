using System.Globalization;
using Rag.Faults.Tests.Support;
using Rag.Faults.Tests.Support.Vfs;
using Rag.Index;

namespace Rag.Faults.Tests;

/// <summary>
/// The power fails at every operation on the disk, once and again during recovery; sectors that were not flushed are dropped,
/// kept in any order, or torn. RAG_SEEDS says how many remains of each cut are tried (3 by default).
/// </summary>
public sealed class PowerLossTests
{
    private static int Seeds => Environment.GetEnvironmentVariable("RAG_SEEDS") is { Length: > 0 } seeds ? int.Parse(seeds, CultureInfo.InvariantCulture) : 3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_acknowledged_survives_and_nothing_is_half_there(bool twice)
    {
        var sweep = new PowerLossSweep(await IngestScript.PrepareAsync()) { Seeds = Seeds, Twice = twice };
        await sweep.RunAsync();
        Figures.Say($"power cut at {sweep.Cuts} operations{(twice ? ", again during recovery" : "")}; opened {sweep.Recoveries} times from what was left; {sweep.Violations.Count} violations");
        Assert.InRange(sweep.Cuts, 50, int.MaxValue);
        Assert.True(sweep.Violations.Count == 0, string.Join('\n', sweep.Violations.Take(5)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_folder_of_a_new_index_is_certain_with_its_first_commit(bool forgotten)
    {
        var sweep = new PowerLossSweep(await IngestScript.PrepareAsync()) { Seeds = Seeds, IsNew = true, Steps = 2, IgnoresParentSync = forgotten };
        await sweep.RunAsync();
        Figures.Say($"power cut at {sweep.Cuts} operations in a new folder{(forgotten ? ", its own name not flushed" : "")}: {sweep.Violations.Count} violations");
        Assert.True(forgotten == sweep.Violations.Count > 0, string.Join('\n', sweep.Violations.Take(5)));
    }

    [Fact]
    public async Task An_index_of_an_older_version_is_that_or_up_to_date_after_a_cut()
    {
        byte[] old = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "version-1", "index.db"));
        string expected = await UpgradeAsync(old);
        int cuts = 0, upgraded = 0;
        for (int at = 1; ; at++)
        {
            using var folder = new FastFolder();
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, "index.db"), old);
            using Disk disk = new(folder.Path);
            disk.Plan(new(at, DiskFaultKind.PowerLoss));
            bool done = false;
            try
            {
                await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder.Path, DiskFolder.Options());
                done = true;
            }
            catch (RagException)
            {
            }

            if (!disk.IsDead)
            {
                Figures.Say($"power cut at {cuts} operations of an upgrade: {upgraded} times the new version, else the old one");
                Assert.InRange(upgraded, 1, cuts * Seeds);
                return;
            }

            cuts++;
            for (int seed = 0; seed < Seeds; seed++)
            {
                using var remains = new FastFolder();
                var random = new Random((at * 1_000) + seed);
                disk.WriteRemains(remains.Path, seed < 2 ? seed : random.NextDouble(), random);
                bool wasOld = await SqliteChunkIndex.UpgradeAsync(remains.Path);
                Assert.False(done && wasOld, "What was open for writing in the new version is old again.");
                upgraded += wasOld ? 0 : 1;
                Assert.Equal(expected, await IndexContent.ReadWholeAsync(remains.Path));
            }
        }
    }

    private static async Task<string> UpgradeAsync(byte[] old)
    {
        using var folder = new FastFolder();
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "index.db"), old);
        Assert.True(await SqliteChunkIndex.UpgradeAsync(folder.Path));
        return await IndexContent.ReadWholeAsync(folder.Path);
    }

    /// <summary>The proof that the test above would notice.</summary>
    [Theory]
    [InlineData("flushes of the log")]
    [InlineData("flushes of the database")]
    [InlineData("flushes of the folder")]
    public async Task Without_one_kind_of_flush_the_sweep_finds_losses(string forgotten)
    {
        var sweep = new PowerLossSweep(await IngestScript.PrepareAsync())
        {
            Seeds = 2,
            IgnoresSync = file => forgotten == (file.IsJournal ? "flushes of the log" : "flushes of the database"),
            IgnoresFolderSync = forgotten == "flushes of the folder",
        };
        await sweep.RunAsync();
        Figures.Say($"without {forgotten}: {sweep.Violations.Count} violations in {sweep.Recoveries} recoveries");
        Assert.NotEmpty(sweep.Violations);
    }
}
