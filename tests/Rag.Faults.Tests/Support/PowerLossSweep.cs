using System.Globalization;
using Rag.Faults.Tests.Support.Vfs;
using Rag.Index;

namespace Rag.Faults.Tests.Support;

/// <summary>
/// Cuts the power at every operation of a script, opens what may be left of the files, and compares with the last acknowledged
/// commit and the one that was under way.
/// </summary>
internal sealed class PowerLossSweep(IngestScript script)
{
    /// <summary>Remains that are made of each cut, by different chances.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Whether the power fails once more while the index recovers and goes on.</summary>
    public bool Twice { get; init; }

    /// <summary>Whether the index's folder is still to be made.</summary>
    public bool IsNew { get; init; }

    /// <summary>Steps of the script to run.</summary>
    public int Steps { get; init; } = int.MaxValue;

    public Func<DiskFile, bool> IgnoresSync { get; init; } = static _ => false;

    public bool IgnoresFolderSync { get; init; }

    public bool IgnoresParentSync { get; init; }

    /// <summary>Operations at which the power was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Sets of files from which the index was opened again.</summary>
    public int Recoveries { get; private set; }

    /// <summary>What was wrong afterwards.</summary>
    public List<string> Violations { get; } = [];

    public async Task RunAsync()
    {
        for (int at = 1; ; at++)
        {
            using var folder = new FastFolder();
            using Disk disk = Make(IsNew ? Path.Combine(folder.Path, "index") : folder.Path, IsNew);
            disk.Plan(new(at, DiskFaultKind.PowerLoss));
            (int done, _) = await IngestScript.RunAsync(disk.Folder, past: Steps);
            if (!disk.IsDead)
            {
                return;
            }

            Cuts++;
            for (int seed = 0; seed < Seeds; seed++)
            {
                await RecoverAsync(disk, done, at, seed);
            }
        }
    }

    private async Task RecoverAsync(Disk disk, int done, int at, int seed)
    {
        var random = new Random((at * 1_000) + seed);
        using var remains = new FastFolder();
        disk.WriteRemains(remains.Path, Survival(seed, random), random);
        string where = string.Create(CultureInfo.InvariantCulture, $"cut at operation {at}, seed {seed}, {done} steps acknowledged");
        if (!Twice)
        {
            await CheckAsync(remains.Path, done, where);
            return;
        }

        using Disk again = Make(remains.Path);
        int second = random.Next(1, 12);
        again.Plan(new(second, DiskFaultKind.PowerLoss));
        (int later, _) = await IngestScript.RunAsync(remains.Path, done);
        Cuts += again.IsDead ? 1 : 0;
        using var last = new FastFolder();
        again.WriteRemains(last.Path, Survival(random.Next(Seeds), random), random);
        await CheckAsync(last.Path, later, string.Create(CultureInfo.InvariantCulture, $"{where}, again at operation {second}, then {later} steps"));
    }

    private async Task CheckAsync(string folder, int done, string where)
    {
        Recoveries++;
        try
        {
            await (await SqliteChunkIndex.OpenAsync(folder)).DisposeAsync();
            // A writer tidies up; a reader may not, and leaves the log that it needed.
            if (Directory.EnumerateFiles(folder).Select(Path.GetFileName).Except(["index.db", "index.sum", "writer.lock"]).ToArray() is { Length: > 0 } orphans)
            {
                Violations.Add($"{where}: files are left over: {string.Join(", ", orphans)}");
            }

            string content = await IndexContent.ReadWholeAsync(folder);
            if (content != script.After(done) && content != script.After(Math.Min(done + 1, script.Length)))
            {
                Violations.Add($"{where}: {IndexContent.FirstDifference(script.After(done), content)}");
            }
        }
        catch (Exception error) when (error is RagException or Xunit.Sdk.XunitException)
        {
            Violations.Add($"{where}: {error.Message}");
        }
    }

    // First nothing that was not flushed, then everything, then chance.
    private static double Survival(int seed, Random random) => seed switch { 0 => 0, 1 => 1, _ => random.NextDouble() };

    private Disk Make(string folder, bool isNew = false) => new(folder, isNew: isNew) { IgnoresSync = IgnoresSync, IgnoresFolderSync = IgnoresFolderSync, IgnoresParentSync = IgnoresParentSync };
}
