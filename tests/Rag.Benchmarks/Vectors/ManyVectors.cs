using System.Diagnostics;
using System.Globalization;
using System.Text;
using Rag.Chunks;
using Rag.Index;

namespace Rag.Benchmarks.Vectors;

/// <summary>A whole index with many vectors: how long its graph takes, how large the files are, how soon the next process answers.</summary>
internal static class ManyVectors
{
    private const int Dimensions = 384;
    private const int ChunksPerDocument = 500;

    public static async Task RunAsync(int count, string scratch)
    {
        string folder = Path.Combine(scratch, FormattableString.Invariant($"many-{count}"));
        IndexManifest manifest = new(new("synthetic", "0", "mean", Dimensions, 256), "none", "none");
        if (!Directory.Exists(folder))
        {
            Stopwatch write = Stopwatch.StartNew();
            SqliteChunkIndex writer = await SqliteChunkIndex.OpenAsync(folder);
            await writer.SetManifestAsync(manifest, replace: false);
            VectorSetPart part = new(Dimensions);
            for (int first = 0; first < count; first += ChunksPerDocument)
            {
                await writer.UpsertAsync(Document(first, Math.Min(ChunksPerDocument, count - first), part));
            }

            Report("written", write);
            Stopwatch close = Stopwatch.StartNew();
            await writer.DisposeAsync();
            Report("graph built and kept", close);
        }

        foreach (string file in Directory.EnumerateFiles(folder))
        {
            Console.WriteLine(FormattableString.Invariant($"{Path.GetFileName(file)}: {new FileInfo(file).Length / 1e6:f1} MB"));
        }

        VectorSetPart questions = new(Dimensions);
        Stopwatch open = Stopwatch.StartNew();
        await using SqliteChunkIndex reader = await SqliteChunkIndex.OpenAsync(folder, new() { ReadOnly = true });
        await reader.SearchVectorAsync(questions.Draw(), 10);
        Report("opened and first question answered", open);
        Stopwatch search = Stopwatch.StartNew();
        for (int i = 0; i < 1000; i++)
        {
            await reader.SearchVectorAsync(questions.Draw(), 10);
        }

        Report("thousand questions", search);
    }

    private static IndexedDocument Document(int first, int count, VectorSetPart vectors)
    {
        string id = first.ToString(CultureInfo.InvariantCulture);
        StringBuilder text = new();
        List<Chunk> chunks = [];
        for (int i = 0; i < count; i++)
        {
            string word = FormattableString.Invariant($"w{first + i}");
            chunks.Add(new() { Id = word, DocumentId = id, Ordinal = i, Range = new(text.Length, text.Length + word.Length), Text = word });
            text.Append(word).Append('\n');
        }

        return new(new() { Id = id, Text = text.ToString(), ContentHash = id }, "1", chunks, [.. chunks.Select(_ => (ReadOnlyMemory<float>)vectors.Draw())]);
    }

    private static void Report(string what, Stopwatch watch) => Console.WriteLine(FormattableString.Invariant($"{what}: {watch.Elapsed.TotalSeconds:f2} s"));

    private sealed class VectorSetPart
    {
        private readonly Random _random = new(23);
        private readonly float[][] _centres;

        public VectorSetPart(int dimensions) => _centres = [.. Enumerable.Range(0, 500).Select(_ => Enumerable.Range(0, dimensions).Select(_ => _random.NextSingle() - .5f).ToArray())];

        public float[] Draw() => [.. _centres[_random.Next(_centres.Length)].Select(value => value + (.7f * (_random.NextSingle() - .5f)))];
    }
}
