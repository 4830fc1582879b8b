using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;
using Rag.Chunking;
using Rag.Documents;
using Rag.Evaluation.Datasets;
using Rag.Index;
using Rag.Index.Caching;
using Rag.Ingestion;
using Rag.Retrieval;
using Rag.Runtime.Embedding;

namespace Rag.Benchmarks.Ingestion;

/// <summary>
/// What a whole ingestion of SciFact costs beside the embedding, the same again with 1 % changed and 1 % gone, and a search; and
/// the same with LangChain.js and its hnswlib store over the same vectors, where its packages are at hand.
/// </summary>
internal static class IngestBenchmark
{
    private const int TopK = 10;

    /// <summary>Runs it. Arguments: MODEL SCIFACT_FOLDER WORK_FOLDER [PEER_FOLDER].</summary>
    public static async Task RunAsync(string[] args)
    {
        (string model, string folder, string work) = (args[0], args[1], args[2]);
        List<(string Id, string Text)> texts = [];
        await foreach (RetrievalDocument document in BeirDataset.ReadCorpusAsync(Path.Combine(folder, "corpus.jsonl.gz")))
        {
            texts.Add((document.Id, document.FullText));
        }

        List<string> queries = [];
        Judgements judgements = await BeirDataset.ReadJudgementsAsync(Path.Combine(folder, "qrels", "test.tsv"));
        await foreach (RetrievalQuery query in BeirDataset.ReadQueriesAsync(Path.Combine(folder, "queries.jsonl")))
        {
            if (judgements.Queries.ContainsKey(query.Id))
            {
                queries.Add(query.Text);
            }
        }

        Directory.CreateDirectory(work);
        using EmbeddingCache cache = EmbeddingCache.Open(Path.Combine(work, "embeddings.db"));
        using IEmbeddingGenerator<string, Embedding<float>> encoder = await EmbeddingModel.LoadAsync(model);
        using TimedEmbedder embedder = new(new CachedEmbeddingGenerator(encoder, cache));
        string index = Path.Combine(work, "index");
        if (Directory.Exists(index))
        {
            Directory.Delete(index, recursive: true);
        }

        // The vectors are in the cache from here on.
        await embedder.GenerateAsync(texts.Select(text => text.Text));
        Console.WriteLine("| run | seconds | embedding | beside it | processor beside it | embedded | added | updated | unchanged | removed |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        await ReportAsync("whole, in a new process", embedder, texts, index);
        for (int i = 0; i < 3; i++)
        {
            Directory.Delete(index, recursive: true);
            await ReportAsync("whole, again", embedder, texts, index);
        }

        await ReportAsync("nothing changed", embedder, texts, index);
        List<(string Id, string Text)> changed = [.. texts];
        for (int i = 0; i < 52; i++)
        {
            changed[i * 50] = (changed[i * 50].Id, changed[i * 50].Text + $" Revised {i}.");
            changed[(i * 50) + 25] = ("", "");
        }

        changed.RemoveAll(text => text.Id.Length == 0);
        await ReportAsync("52 changed, 52 gone", embedder, changed, index);
        long bytes = Directory.EnumerateFiles(index).Sum(file => new FileInfo(file).Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nindex: {bytes / 1e6:f1} MB in {Directory.EnumerateFiles(index).Count()} files"));
        GeneratedEmbeddings<Embedding<float>> vectors = await embedder.GenerateAsync(queries);
        await SearchAsync(index, queries, vectors, embedder);
        if (args.Length > 3)
        {
            await PeerAsync(args[3], work, texts, await embedder.GenerateAsync(texts.Select(text => text.Text)), vectors);
        }
    }

    private static async Task ReportAsync(string name, TimedEmbedder embedder, IReadOnlyList<(string Id, string Text)> texts, string index)
    {
        embedder.Reset();
        long start = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        IngestionResult result = await IngestAsync(embedder, texts, index);
        processor = Environment.CpuUsage.TotalTime - processor - embedder.Processor;
        double total = Stopwatch.GetElapsedTime(start).TotalSeconds, own = total - embedder.Time.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {total:f2} | {embedder.Time.TotalSeconds:f2} | {own:f2} | {processor.TotalSeconds:f2} | {embedder.Texts} | {result.Added} | {result.Updated} | {result.Unchanged} | {result.Removed} |"));
    }

    private static async Task<IngestionResult> IngestAsync(TimedEmbedder embedder, IReadOnlyList<(string Id, string Text)> texts, string folder)
    {
        await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder);
        IngestionPipeline pipeline = new(
            new CollectionSource(texts), DocumentReaders.CreateDefault(), new StructureChunker(new WordTokenCounter(), new ChunkingOptions { MaxTokens = 8192 }), embedder, index);
        IngestionResult result = await pipeline.RunAsync();
        return result.Failed.Count == 0 && result.Chunks == texts.Count ? result : throw new InvalidOperationException($"{result.Failed.Count} failed, {result.Chunks} chunks.");
    }

    private static async Task SearchAsync(string folder, List<string> queries, GeneratedEmbeddings<Embedding<float>> vectors, TimedEmbedder embedder)
    {
        await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder, new ChunkIndexOptions { ReadOnly = true });
        HybridRetriever hybrid = new(index, embedder);
        Console.WriteLine("\n| search, top 10, without embedding the question | p50 ms | p95 ms |");
        Console.WriteLine("|---|---:|---:|");
        await PrintAsync("vectors", i => index.SearchVectorAsync(vectors[i].Vector, TopK).AsTask());
        await PrintAsync("text", i => index.SearchTextAsync(queries[i], TopK).AsTask());
        await PrintAsync("both, with the passages", async i =>
        {
            embedder.Reset();
            await hybrid.RetrieveAsync(queries[i], TopK);
            return embedder.Time;
        });

        async Task PrintAsync<T>(string name, Func<int, Task<T>> search)
        {
            double[] times = new double[queries.Count];
            for (int round = 0; round < 2; round++)
            {
                for (int i = 0; i < times.Length; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    T result = await search(i);
                    times[i] = (Stopwatch.GetElapsedTime(start) - (result is TimeSpan embedding ? embedding : default)).TotalMilliseconds;
                }
            }

            Array.Sort(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {times[times.Length / 2]:f2} | {times[times.Length * 95 / 100]:f2} |"));
        }
    }

    private static async Task PeerAsync(
        string peer, string work, List<(string Id, string Text)> texts, GeneratedEmbeddings<Embedding<float>> vectors, GeneratedEmbeddings<Embedding<float>> queries)
    {
        string file = Path.Combine(Path.GetFullPath(work), "vectors.f32");
        await using (FileStream stream = File.Create(file))
        {
            foreach (Embedding<float> vector in vectors)
            {
                stream.Write(MemoryMarshal.AsBytes(vector.Vector.Span));
            }
        }

        await using NodePeer node = await NodePeer.StartAsync(peer, Path.Combine("Ingestion", "peer.mjs"), file, Path.Combine(Path.GetFullPath(work), "peer-index"));
        PeerRun run = await node.AskAsync<PeerRun>(new { texts = texts.Select(text => text.Text), queries = queries.Select(vector => vector.Vector.ToArray()) });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nLangChain.js {run.Version} with its hnswlib store: {run.Chunks} chunks, {run.Own:f2} s beside embedding, {run.Persist:f2} s to save, {run.Bytes / 1e6:f1} MB, search p50 {run.P50:f2} ms, p95 {run.P95:f2} ms"));
    }

    private sealed record PeerRun(string Version, int Chunks, double Own, double Persist, long Bytes, double P50, double P95);
}
