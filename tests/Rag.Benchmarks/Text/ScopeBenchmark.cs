using System.Diagnostics;
using System.Globalization;
using Rag.Documents;
using Rag.Index;
using Rag.Index.Filters;

namespace Rag.Benchmarks.Text;

/// <summary>
/// What a scope costs text search: a filter or a principal that lets half, a twentieth, or a two-hundredth of the documents through, against everything. A
/// principal changes BM25's statistics too, which are counted among what may be read.
/// </summary>
internal static class ScopeBenchmark
{
    private const int ChunksPerDocument = 5, Top = 10, Questions = 400, Rounds = 3;

    public static async Task RunAsync(int count, string[] files)
    {
        PassageCollection collection = await PassageCollection.ReadAsync(files, count, Questions);
        string folder = Directory.CreateTempSubdirectory("rag-scopes-").FullName;
        try
        {
            await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder);
            await index.SetManifestAsync(new(null, "benchmark", "standard-1") { IsProtected = true }, replace: false);
            Random random = new(1);
            foreach (IndexedDocument[] documents in collection.Documents(ChunksPerDocument).Chunk(500))
            {
                await index.UpsertManyAsync([.. documents.Select(document => document with { Document = Attribute(document.Document, random.Next(1_000)) })]);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{collection.Passages.Count} passages, {collection.Questions.Count} questions, {ProcessorName.Read()}"));
            Console.WriteLine("| scope | first, ms | median, ms | processor, ms each | of everything's |");
            Console.WriteLine("|---|---:|---:|---:|---:|");
            double whole = double.NaN;
            foreach ((string name, SearchScope scope) in Scopes())
            {
                double processor = await MeasureAsync(name, index, scope, collection.Questions, whole);
                whole = double.IsNaN(whole) ? processor : whole;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Document Attribute(Document document, int share)
    {
        string[] access = [.. ((int[])[1_000, 500, 50, 5]).Where(most => share < most).Select(Group)];
        return document with { Access = access, Metadata = DocumentMetadata.Create([new("share", share)]) };
    }

    private static IEnumerable<(string Name, SearchScope Scope)> Scopes()
    {
        yield return ("everything", SearchScope.Unrestricted);
        foreach (int most in (int[])[500, 50, 5])
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"filter, {most / 10.0} %"), SearchScope.Unrestricted with { Filter = Filter(most) });
        }

        foreach (int most in (int[])[1_000, 500, 50, 5])
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"principal, {most / 10.0} %"), new(Principal: new(Group(most))));
        }

        yield return ("principal, 50 %, and filter, 5 %", new(Filter(50), new(Group(500))));
        yield return ("everything again", SearchScope.Unrestricted);
    }

    private static MetadataFilter Filter(int most) => MetadataFilter.Range("share", null, most - 1);

    private static string Group(int most) => string.Create(CultureInfo.InvariantCulture, $"group {most}");

    private static async Task<double> MeasureAsync(string name, SqliteChunkIndex index, SearchScope scope, IReadOnlyList<string> questions, double whole)
    {
        IChunkReader reader = index.Within(scope);
        long start = Stopwatch.GetTimestamp();
        await reader.SearchTextAsync(questions[0], Top);
        double first = Stopwatch.GetElapsedTime(start).TotalMilliseconds, least = double.MaxValue;
        List<double> times = [];
        for (int round = 0; round < Rounds; round++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            foreach (string question in questions)
            {
                start = Stopwatch.GetTimestamp();
                await reader.SearchTextAsync(question, Top);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            least = Math.Min(least, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / questions.Count);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {first:f1} | {times[times.Count / 2]:f2} | {least:f2} | {(double.IsNaN(whole) ? 1 : least / whole):f2} |"));
        return least;
    }
}
