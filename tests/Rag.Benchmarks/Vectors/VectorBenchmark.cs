using System.Globalization;
using System.Text.Json;
using Rag.Index;

namespace Rag.Benchmarks.Vectors;

/// <summary>
/// The graph beside npm hnswlib-node and usearch with the same M, efConstruction and threads, in turns, compared at equal recall.
/// </summary>
internal static class VectorBenchmark
{
    private const int Top = 10;
    private const int Rounds = 3;
    private static readonly int[] Efs = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384];
    private static readonly double[] Recalls = [.9, .95, .98];

    /// <summary>Runs it. Arguments: FIXTURES PEER_FOLDER [--threads N] [--large [COUNT]] [--texts MODEL CORPUS.jsonl.gz COUNT] [--million [COUNT]] [--json FILE].</summary>
    public static async Task RunAsync(string[] args)
    {
        string scratch = Path.Combine(Path.GetFullPath(args[1]), "vectors");
        int? million = Option(args, "--million", 1_000_000), large = Option(args, "--large", 100_000);
        if (million is { } count)
        {
            await ManyVectors.RunAsync(count, scratch);
            return;
        }

        if (await VectorPackages.InstallAsync(args[1]) is { } reason)
        {
            Console.Error.WriteLine($"The peers cannot be had: {reason}");
            return;
        }

        int texts = Array.IndexOf(args, "--texts");
        VectorSet set = texts >= 0 ? await VectorSet.SentencesAsync(args[texts + 1], args[texts + 2], int.Parse(args[texts + 3], CultureInfo.InvariantCulture), scratch)
            : large is { } vectors ? VectorSet.Clustered(vectors, 384, 500, scratch) : VectorSet.Fixture(args[0], scratch);
        int threads = Option(args, "--threads", 1) ?? 1;
        List<VectorTotal> totals = await MeasureAsync(set, threads, args[1]);
        Print(set, threads, totals);
        int json = Array.IndexOf(args, "--json");
        if (json >= 0)
        {
            object results = totals.Select(total => new { total.Name, total.Build, Points = total.Points.Select(point => new { point.Ef, point.PerSecond, point.Recall }) });
            await File.WriteAllTextAsync(args[json + 1], JsonSerializer.Serialize(new { set.Name, threads, results }));
        }
    }

    private static async Task<List<VectorTotal>> MeasureAsync(VectorSet set, int threads, string peer)
    {
        VectorSearchOptions Options(VectorPrecision precision) => new() { Precision = precision, Threads = threads, ExactBelow = 0 };
        List<IVectorEngine> engines =
        [
            await PeerVectorEngine.StartAsync(peer, "usearch", "f32", set, Options(VectorPrecision.Single), Top),
            new RagVectorEngine(set, Options(VectorPrecision.Single), Top),
            await PeerVectorEngine.StartAsync(peer, "usearch", "i8", set, Options(VectorPrecision.Single), Top),
            new RagVectorEngine(set, Options(VectorPrecision.Int8), Top),
        ];
        if (threads == 1)
        {
            engines.Insert(0, await PeerVectorEngine.StartAsync(peer, "hnswlib", "f32", set, Options(VectorPrecision.Single), Top));
        }

        // So that nothing is compiled while it is measured.
        await new RagVectorEngine(set with { Vectors = [.. set.Vectors.Take(2000)] }, Options(VectorPrecision.Single), Top).BuildAsync();
        await new RagVectorEngine(set with { Vectors = [.. set.Vectors.Take(2000)] }, Options(VectorPrecision.Int8), Top).BuildAsync();
        HashSet<int>[] truth = set.Truth(Top);
        List<VectorTotal> totals = [.. engines.Select(engine => new VectorTotal(engine.Name))];
        for (int i = 0; i < engines.Count; i++)
        {
            totals[i].Build = await engines[i].BuildAsync();
            Console.Error.WriteLine(FormattableString.Invariant($"{engines[i].Name}: built in {totals[i].Build.Seconds:f1} s"));
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach (int ef in Efs)
            {
                for (int i = 0; i < engines.Count; i++)
                {
                    totals[i].Add(ef, await engines[i].SearchAsync(ef), truth);
                }
            }
        }

        foreach (IVectorEngine engine in engines)
        {
            await engine.DisposeAsync();
        }

        return totals;
    }

    private static void Print(VectorSet set, int threads, List<VectorTotal> totals)
    {
        Console.WriteLine(FormattableString.Invariant($"{set.Name}, M 16, efConstruction 200, {threads} thread(s), {ProcessorName.Read()}; questions a second at recall@{Top}, ratio to the first"));
        Console.WriteLine($"| engine | build s | ratio | memory MB | ratio |{string.Concat(Recalls.Select(recall => FormattableString.Invariant($" at {recall} | ratio |")))}");
        Console.WriteLine($"|---|---:|---:|---:|---:|{string.Concat(Recalls.Select(_ => "---:|---:|"))}");
        foreach (VectorTotal total in totals)
        {
            string speeds = string.Concat(Recalls.Select(recall => FormattableString.Invariant($" {total.PerSecondAt(recall):f0} | {total.PerSecondAt(recall) / totals[0].PerSecondAt(recall):f2} |")));
            Console.WriteLine(FormattableString.Invariant(
                $"| {total.Name} | {total.Build.Seconds:f2} | {total.Build.Seconds / totals[0].Build.Seconds:f2} | {total.Build.Bytes / 1e6:f1} | {total.Build.Bytes / totals[0].Build.Bytes:f2} |{speeds}"));
        }

        foreach (VectorTotal total in totals)
        {
            Console.WriteLine($"{total.Name}: {string.Join(", ", total.Points.Select(point => FormattableString.Invariant($"ef {point.Ef} {point.Recall:f4} {point.PerSecond:f0}/s")))}");
        }
    }

    private static int? Option(string[] args, string name, int fallback)
    {
        int place = Array.IndexOf(args, name);
        return place < 0 ? null : place + 1 < args.Length && int.TryParse(args[place + 1], CultureInfo.InvariantCulture, out int value) ? value : fallback;
    }
}
