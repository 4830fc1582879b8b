namespace Rag.Benchmarks.Speculation;

/// <summary>A clock that goes while this process computes, on all its threads together: other work on the machine does not move it.</summary>
internal sealed class ProcessorTime : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
