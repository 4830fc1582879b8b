using System.Diagnostics;
using Rag.Index;
using Rag.Index.Vectors;
using Rag.Index.Vectors.Rows;

namespace Rag.Benchmarks.Vectors;

/// <summary>This library's graph, in this process. Below single precision the best are scored again from the caller's vectors.</summary>
internal sealed class RagVectorEngine(VectorSet set, VectorSearchOptions options, int top) : IVectorEngine
{
    private VectorSnapshot? _snapshot;

    public string Name => $"Rag, {options.Precision}";

    public Task<VectorBuild> BuildAsync()
    {
        VectorForm form = new(set.Dimensions, VectorMetric.Cosine);
        RowFormat format = new(form, options.Precision);
        long before = Memory();
        Stopwatch watch = Stopwatch.StartNew();
        RowStore rows = new(format);
        rows.Reserve(set.Vectors.Length);
        long[] keys = new long[set.Vectors.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = i + 1;
            format.Write(set.Vectors[i], rows.Row(i));
        }

        using GraphBuilder builder = new(options);
        _snapshot = builder.Build(new(new(1, 0, rows, keys, keys.Length, null), null, VectorOperations.Create(format), options), CancellationToken.None);
        double seconds = watch.Elapsed.TotalSeconds;
        return Task.FromResult(new VectorBuild(seconds, Memory() - before));
    }

    public Task<VectorRun> SearchAsync(int ef)
    {
        VectorForm form = new(set.Dimensions, VectorMetric.Cosine);
        int[][] ids = new int[set.Queries.Length][];
        Stopwatch watch = Stopwatch.StartNew();
        Parallel.For(0, ids.Length, new() { MaxDegreeOfParallelism = options.Threads }, i => ids[i] = Search(set.Queries[i], ef, form));
        return Task.FromResult(new VectorRun(watch.Elapsed.TotalSeconds, ids));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private int[] Search(float[] query, int ef, VectorForm form)
    {
        VectorSnapshot snapshot = _snapshot!;
        Span<int> rows = stackalloc int[ef];
        Span<float> scores = stackalloc float[ef];
        int count = snapshot.Operations.Search(snapshot.Graph!.Links, snapshot.Matrix.Rows, snapshot.Matrix.Count, query, ef, null, rows, scores);
        if (options.Precision != VectorPrecision.Single)
        {
            count = Math.Min(count, top * options.Rescore);
            for (int i = 0; i < count; i++)
            {
                scores[i] = -form.Score(set.Vectors[rows[i]], query);
            }

            scores[..count].Sort(rows[..count]);
        }

        return rows[..Math.Min(top, count)].ToArray();
    }

    private static long Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
