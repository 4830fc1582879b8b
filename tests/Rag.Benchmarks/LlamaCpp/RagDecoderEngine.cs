using System.Diagnostics;
using System.Numerics.Tensors;
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

    private DecoderRun Run(int kept, int[] tokens, int answer)
    {
        _session.Rewind(kept);
        Stopwatch prompt = Stopwatch.StartNew();
        int next = TensorPrimitives.IndexOfMax(_session.Append(tokens));
        double first = prompt.Elapsed.TotalSeconds;
        Stopwatch rest = Stopwatch.StartNew();
        for (int i = 0; i < answer; i++)
        {
            next = TensorPrimitives.IndexOfMax(_session.Append([next]));
        }

        return new DecoderRun(first, rest.Elapsed.TotalSeconds);
    }
}
