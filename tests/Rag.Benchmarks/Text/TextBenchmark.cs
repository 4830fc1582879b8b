using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rag.Index;

namespace Rag.Benchmarks.Text;

/// <summary>
/// Text search in the embedded index: time to build, size, and a question's time (median, 99 %, most), top 10, one at a time; the same
/// for phrases of two words of the passages; beside it MiniSearch in Node where a folder with that package is given.
/// </summary>
internal static class TextBenchmark
{
    private const int ChunksPerDocument = 20, Top = 10, Questions = 1_000;

    public static async Task RunAsync(int count, string? peerFolder, string[] files)
    {
        PassageCollection collection = await PassageCollection.ReadAsync(files, count, Questions);
        string[] phrases = [.. Phrases(collection.Passages)];
        string folder = Directory.CreateTempSubdirectory("rag-text-").FullName;
        try
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{collection.Passages.Count} passages, {collection.Questions.Count} questions, {ProcessorName.Read()}"));
            Console.WriteLine("| | build, s | size, MB | first, ms | median, ms | 99 % | most | processor, ms each |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
            double build = await BuildAsync(folder, collection);
            double size = new FileInfo(Path.Combine(folder, "index.db")).Length / 1e6;
            await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder, new() { ReadOnly = true });
            await SearchAsync("questions", build, size, index, collection.Questions);
            await SearchAsync("the same again", build, size, index, collection.Questions);
            await SearchAsync("phrases", build, size, index, phrases);
            if (peerFolder is not null)
            {
                await PeerAsync(peerFolder, folder, collection);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> BuildAsync(string folder, PassageCollection collection)
    {
        long start = Stopwatch.GetTimestamp();
        await using (SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder))
        {
            await index.SetManifestAsync(new(null, "benchmark", "standard-1"), replace: false);
            foreach (IndexedDocument document in collection.Documents(ChunksPerDocument))
            {
                await index.UpsertAsync(document);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task SearchAsync(string name, double build, double size, SqliteChunkIndex index, IReadOnlyList<string> questions)
    {
        List<double> times = [];
        TimeSpan before = Environment.CpuUsage.TotalTime;
        foreach (string question in questions)
        {
            long start = Stopwatch.GetTimestamp();
            await index.SearchTextAsync(question, Top);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Print(name, build, size, times, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / questions.Count);
    }

    private static async Task PeerAsync(string peerFolder, string folder, PassageCollection collection)
    {
        string passages = Path.Combine(folder, "passages.jsonl");
        await File.WriteAllLinesAsync(passages, collection.Passages.Select(passage => JsonSerializer.Serialize(passage)));
        await using NodePeer peer = await NodePeer.StartAsync(peerFolder, Path.Combine("Text", "peer.mjs"), passages);
        PeerTimes answer = await peer.AskAsync<PeerTimes>(new { questions = collection.Questions, top = Top });
        Print("MiniSearch (memory)", answer.Build, answer.Bytes / 1e6, [.. answer.Times], answer.Processor);
    }

    // Two neighbouring words of a passage; as they come, so common pairs come often.
    private static IEnumerable<string> Phrases(IReadOnlyList<string> passages)
    {
        Random random = new(2);
        for (int i = 0; i < Questions; i++)
        {
            string[] words = passages[random.Next(passages.Count)].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int at = random.Next(Math.Max(1, words.Length - 1));
            yield return $"\"{string.Join(' ', words.Skip(at).Take(2)).Replace("\"", "", StringComparison.Ordinal)}\"";
        }
    }

    private static void Print(string name, double build, double size, List<double> times, double processor)
    {
        double[] sorted = [.. times.Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {build:f1} | {size:f1} | {times[0]:f1} | {sorted[sorted.Length / 2]:f2} | {sorted[(int)((sorted.Length - 1) * .99)]:f2} | {sorted[^1]:f2} | {processor:f2} |"));
    }
}
