using Microsoft.ML.OnnxRuntime;
using Rag.Models.Formats.Onnx;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>A graph with its values bound, to be run again and again.</summary>
internal sealed class TimedGraph : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly List<OrtValue> _values = [];

    public TimedGraph(OnnxGraphBuilder graph, int threads, bool spins)
    {
        using SessionOptions settings = new() { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", spins ? "1" : "0");
        _session = new InferenceSession(graph.ToModel("probe"), settings);
        _binding = _session.CreateIoBinding();
    }

    public void In<T>(string name, T[] values, params long[] shape)
        where T : unmanaged => _binding.BindInput(name, Keep(OrtValue.CreateTensorValueFromMemory(values, shape)));

    public void Out(string name, params long[] shape) =>
        _binding.BindOutput(name, Keep(OrtValue.CreateTensorValueFromMemory(new float[shape.Aggregate(1L, (product, size) => product * size)], shape)));

    public void InPlace(string past, string present, float[] values, params long[] shape)
    {
        OrtValue value = Keep(OrtValue.CreateTensorValueFromMemory(values, shape));
        _binding.BindInput(past, value);
        _binding.BindOutput(present, value);
    }

    /// <summary>Runs it once and says how many seconds that took.</summary>
    public double Run(TimeProvider time)
    {
        long start = time.GetTimestamp();
        _session.RunWithBinding(_run, _binding);
        return time.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _run.Dispose();
        _session.Dispose();
        _values.ForEach(value => value.Dispose());
    }

    private OrtValue Keep(OrtValue value)
    {
        _values.Add(value);
        return value;
    }
}
