using System.Diagnostics;
using System.Globalization;
using Rag.Cli.Tests.Support;
using Rag.Faults.Tests.Support;
using Rag.Tests.Support;

namespace Rag.Faults.Tests;

/// <summary>
/// Kills a running ingest (SIGKILL) at random moments, half of them once more while the next one opens the index; after a rerun
/// the index must equal a fresh one, chunk by chunk. RAG_KILLS says how many kills in all (40 by default), RAG_SEED from which seed.
/// </summary>
public sealed class KilledIngestTests
{
    private const int Batches = 4;
    private const float Tolerance = 1e-5f;

    public static TheoryData<int> Seeds()
    {
        int first = Environment.GetEnvironmentVariable("RAG_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : 1;
        return [.. Enumerable.Range(first, Batches)];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Rerun_gives_the_index_that_a_fresh_run_gives(int seed) => KillAsync(seed, documents: 120, KillsPerBatch, "none");

    [Fact]
    public Task Rerun_gives_the_same_vectors_too() => KillAsync(seed: 77, documents: 25, kills: 2, SharedData.Require("models", "all-MiniLM-L6-v2"));

    private static int KillsPerBatch =>
        Math.Max(1, (Environment.GetEnvironmentVariable("RAG_KILLS") is { Length: > 0 } kills ? int.Parse(kills, CultureInfo.InvariantCulture) : 40) / Batches);

    private static async Task KillAsync(int seed, int documents, int kills, string model)
    {
        ITestOutputHelper? log = TestContext.Current.TestOutputHelper;
        log?.WriteLine($"seed {seed}");
        using var folder = new WorkFolder();
        var source = new ChangingDocuments(folder, documents, seed);
        source.WriteFirst();
        string old = folder.Below("old");
        await IngestAsync(source.Path, old, model);
        source.Change();

        string fresh = folder.Below("fresh");
        await IngestAsync(source.Path, fresh, model);
        string expected = await IndexContent.ReadAsync(fresh);
        SortedDictionary<string, float> cosines = await IndexContent.CosinesAsync(fresh);

        string measured = folder.Below("measured");
        (TimeSpan opening, TimeSpan working) = await WorkAsync(Copy(old, measured), source.Path, model, kill: null);
        var random = new Random(seed);
        for (int i = 0, killed = 0; killed < kills; i++, killed++)
        {
            string index = Copy(old, folder.Below($"index{i}"));
            TimeSpan moment = working * random.NextDouble();
            await WorkAsync(index, source.Path, model, moment);
            log?.WriteLine($"kill {i}: {moment.TotalMilliseconds:F0} of {working.TotalMilliseconds:F0} ms after the first write");
            if (i % 2 == 1)
            {
                // Around the moment at which the next run opens what the first left, and reads its log.
                moment = opening * (.6 + (random.NextDouble() / 2));
                await KillAtAsync(index, source.Path, model, moment);
                killed++;
                log?.WriteLine($"  and again {moment.TotalMilliseconds:F0} ms after the start, where the first write is at {opening.TotalMilliseconds:F0}");
            }

            await IngestAsync(source.Path, index, model);
            string? difference = IndexContent.FirstDifference(expected, await IndexContent.ReadAsync(index));
            Assert.True(difference is null, $"Seed {seed}, kill {i}: the index differs from a fresh one.\n{difference}");
            AssertClose(cosines, await IndexContent.CosinesAsync(index));
            Directory.Delete(index, recursive: true);
        }

        Figures.Say($"seed {seed}: {kills} kills survived (SIGKILL during ingest and during recovery)");
    }

    /// <summary>Ingests in a child process; kills it that long after its first write, or says how long it took to write and wrote.</summary>
    private static async Task<(TimeSpan Opening, TimeSpan Working)> WorkAsync(string index, string documents, string model, TimeSpan? kill)
    {
        long begun = TimeProvider.System.GetTimestamp();
        using Process process = RagTool.Start(Arguments(documents, index, model));
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string log = Path.Combine(index, "index.db-wal");
        long before = Length(log);
        while (!process.HasExited && Length(log) == before)
        {
            await Task.Delay(1);
        }

        long started = TimeProvider.System.GetTimestamp();
        if (kill is { } moment)
        {
            await Task.Delay(moment);
            process.Kill();
        }

        await RagTool.EndAsync(process, output, error);
        return (TimeProvider.System.GetElapsedTime(begun, started), TimeProvider.System.GetElapsedTime(started));
    }

    private static async Task KillAtAsync(string index, string documents, string model, TimeSpan moment)
    {
        using Process process = RagTool.Start(Arguments(documents, index, model));
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await Task.Delay(moment);
        process.Kill();
        await RagTool.EndAsync(process, output, error);
    }

    private static async Task IngestAsync(string documents, string index, string model)
    {
        ToolResult result = await RagTool.RunAsync(Arguments(documents, index, model));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static string[] Arguments(string documents, string index, string model) => ["ingest", documents, "--index", index, "--embedding-model", model, "--json"];

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        return to;
    }

    // A batch of other lengths sums in another order.
    private static void AssertClose(SortedDictionary<string, float> expected, SortedDictionary<string, float> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, pair => Assert.InRange(actual[pair.Key], pair.Value - Tolerance, pair.Value + Tolerance));
    }
}
