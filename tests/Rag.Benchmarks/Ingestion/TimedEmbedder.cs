using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Rag.Benchmarks.Ingestion;

/// <summary>Tells how long the calls of a generator took, so that what remains of a run is the framework's own time.</summary>
internal sealed class TimedEmbedder(IEmbeddingGenerator<string, Embedding<float>> inner) : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    public TimeSpan Time { get; private set; }

    public TimeSpan Processor { get; private set; }

    public int Texts { get; private set; }

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        GeneratedEmbeddings<Embedding<float>> made = await base.GenerateAsync(values, options, cancellationToken);
        Time += Stopwatch.GetElapsedTime(start);
        Processor += Environment.CpuUsage.TotalTime - processor;
        Texts += made.Count;
        return made;
    }

    public void Reset() => (Time, Processor, Texts) = (default, default, 0);
}
