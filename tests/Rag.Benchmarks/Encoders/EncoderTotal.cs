namespace Rag.Benchmarks.Encoders;

/// <summary>What an engine took in all.</summary>
internal sealed class EncoderTotal(string name)
{
    private double _seconds;
    private double _processor;
    private double _cosines;
    private long _texts;

    public string Name => name;

    public double LeastCosine { get; private set; } = 1;

    public double MeanCosine => _cosines / _texts;

    public double PerSecond => _texts / _seconds;

    public double PerProcessorSecond => _texts / _processor;

    public void Add(EncoderRun run, float[] cosines)
    {
        _seconds += run.Seconds;
        _processor += run.Processor;
        _texts += cosines.Length;
        _cosines += cosines.Sum();
        LeastCosine = Math.Min(LeastCosine, cosines.Min());
    }
}
