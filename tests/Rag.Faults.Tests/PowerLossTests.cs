using System.Globalization;
using Rag.Faults.Tests.Support;

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
