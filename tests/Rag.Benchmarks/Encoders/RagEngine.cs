using System.Diagnostics;
using Microsoft.Extensions.AI;
using Rag.Models.Packing;
using Rag.Runtime.Embedding;
using Rag.Runtime.Sessions;

namespace Rag.Benchmarks.Encoders;

/// <summary>This library's encoder, in this process.</summary>
internal sealed class RagEngine(string folder, WeightPrecision weights) : IEncoderEngine
{
    private readonly SentenceEmbedder _embedder = SentenceEmbedder.Load(folder, new SentenceEmbedderOptions { Runtime = new RuntimeOptions { Weights = weights } });

    public string Name => $"Rag, {weights}";

    public async Task<EncoderRun> EmbedAsync(string[] texts)
    {
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        Stopwatch watch = Stopwatch.StartNew();
        GeneratedEmbeddings<Embedding<float>> vectors = await _embedder.GenerateAsync(texts);
        watch.Stop();
        process.Refresh();
        return new EncoderRun(watch.Elapsed.TotalSeconds, (process.TotalProcessorTime - before).TotalSeconds, [.. vectors.Select(vector => vector.Vector.ToArray())]);
    }

    public ValueTask DisposeAsync()
    {
        _embedder.Dispose();
        return ValueTask.CompletedTask;
    }
}
