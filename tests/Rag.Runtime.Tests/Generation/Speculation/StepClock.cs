namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>A clock that goes only when it is told to, and allocates nothing.</summary>
internal sealed class StepClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;
}
