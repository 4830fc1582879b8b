using System.Diagnostics;
using System.Numerics.Tensors;
using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;

namespace Rag.Benchmarks.LlamaCpp;

/// <summary>This library.</summary>
internal sealed class RagDecoderEngine(string name, OnnxDecoderModel model) : IDecoderEngine
{
    private readonly IDecoderSession _session = model.CreateSession();

    public string Name => name;

    public Task<DecoderRun> RunAsync(int kept, int[] tokens, int answer) => Task.Run(() => Run(kept, tokens, answer));

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        model.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Seconds from a saved prefix in its file to the first token after some more, in a session that has nothing.</summary>
    public double Restart(int[] known, int[] more, string path, bool byProcessor)
    {
        DecoderIdentity identity = model.Identity(CancellationToken.None);
        if (!File.Exists(path))
        {
            using OnnxDecoderSession first = (OnnxDecoderSession)model.CreateSession();
            first.Append(known);
            PrefixFileWriter.Write(path, identity, "", known, first, CancellationToken.None);
        }

        TimeSpan begun = Environment.CpuUsage.TotalTime;
        Stopwatch watch = Stopwatch.StartNew();
        using StoredPrefix prefix = PrefixFileReader.Read(path, model, identity, long.MaxValue, CancellationToken.None);
        using OnnxDecoderSession session = (OnnxDecoderSession)model.CreateSession();
        session.Restore(known, 0, prefix.Regime, prefix.Rows, prefix.State);
        _ = TensorPrimitives.IndexOfMax(session.Append(more));
        return byProcessor ? (Environment.CpuUsage.TotalTime - begun).TotalSeconds : watch.Elapsed.TotalSeconds;
    }

    private DecoderRun Run(int kept, int[] tokens, int answer)
    {
        _session.Rewind(kept);
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        Stopwatch prompt = Stopwatch.StartNew();
        int next = TensorPrimitives.IndexOfMax(_session.Append(tokens));
        double first = prompt.Elapsed.TotalSeconds;
        TimeSpan middle = Environment.CpuUsage.TotalTime;
        Stopwatch rest = Stopwatch.StartNew();
        for (int i = 0; i < answer; i++)
        {
            next = TensorPrimitives.IndexOfMax(_session.Append([next]));
        }

        return new DecoderRun(first, rest.Elapsed.TotalSeconds, (middle - begun).TotalSeconds, (Environment.CpuUsage.TotalTime - middle).TotalSeconds);
    }
}
