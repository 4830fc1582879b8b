using System.Diagnostics;

namespace Rag.Benchmarks.LlamaCpp.GenAi;

/// <summary>onnxruntime-genai in this process.</summary>
internal sealed class GenAiEngine : IDecoderEngine
{
    private readonly nint _model;
    private readonly nint _parameters;
    private readonly nint _generator;

    /// <param name="folder">What <see cref="GenAiModel"/> wrote.</param>
    public GenAiEngine(string folder)
    {
        GenAiLibrary.Check(GenAiLibrary.OgaCreateModel(folder, out _model));
        GenAiLibrary.Check(GenAiLibrary.OgaCreateGeneratorParams(_model, out _parameters));
        GenAiLibrary.Check(GenAiLibrary.OgaCreateGenerator(_model, _parameters, out _generator));
    }

    public string Name => "onnxruntime-genai";

    public Task<DecoderRun> RunAsync(int kept, int[] tokens, int answer) => Task.Run(() => Run(kept, tokens, answer));

    public ValueTask DisposeAsync()
    {
        GenAiLibrary.OgaDestroyGenerator(_generator);
        GenAiLibrary.OgaDestroyGeneratorParams(_parameters);
        GenAiLibrary.OgaDestroyModel(_model);
        return ValueTask.CompletedTask;
    }

    private DecoderRun Run(int kept, int[] tokens, int answer)
    {
        GenAiLibrary.Check(GenAiLibrary.OgaGenerator_RewindTo(_generator, (nuint)kept));
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        Stopwatch prompt = Stopwatch.StartNew();
        GenAiLibrary.Check(GenAiLibrary.OgaGenerator_AppendTokens(_generator, tokens, (nuint)tokens.Length));
        GenAiLibrary.Check(GenAiLibrary.OgaGenerator_GenerateNextToken(_generator));
        double first = prompt.Elapsed.TotalSeconds;
        TimeSpan middle = Environment.CpuUsage.TotalTime;
        Stopwatch rest = Stopwatch.StartNew();
        for (int i = 0; i < answer; i++)
        {
            GenAiLibrary.Check(GenAiLibrary.OgaGenerator_GenerateNextToken(_generator));
        }

        double all = rest.Elapsed.TotalSeconds;
        return (int)GenAiLibrary.OgaGenerator_TokenCount(_generator) == kept + tokens.Length + 1 + answer
            ? new DecoderRun(first, all, (middle - begun).TotalSeconds, (Environment.CpuUsage.TotalTime - middle).TotalSeconds)
            : throw new InvalidOperationException($"onnxruntime-genai has {GenAiLibrary.OgaGenerator_TokenCount(_generator)} tokens after {kept}, {tokens.Length} and an answer of {answer + 1}.");
    }
}
