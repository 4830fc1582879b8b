namespace Rag.Runtime.Generation.Scheduling;

/// <summary>What a scheduler has done. Thread-safe.</summary>
internal sealed class SchedulerCounts
{
    private long _steps;
    private long _tokens;
    private long _prefilled;
    private long _refused;
    private long _expired;

    public long Steps => Interlocked.Read(ref _steps);

    public long Tokens => Interlocked.Read(ref _tokens);

    public long Prefilled => Interlocked.Read(ref _prefilled);

    public long Refused => Interlocked.Read(ref _refused);

    public long Expired => Interlocked.Read(ref _expired);

    /// <summary>Counts a decoding step.</summary>
    public void NoteStep(int rows)
    {
        Interlocked.Increment(ref _steps);
        Interlocked.Add(ref _tokens, rows);
    }

    /// <summary>Counts tokens of prompts.</summary>
    public void NotePrefill(int tokens) => Interlocked.Add(ref _prefilled, tokens);

    /// <summary>Counts a request that found the model busy.</summary>
    public void NoteRefused() => Interlocked.Increment(ref _refused);

    /// <summary>Counts a request that passed its deadline.</summary>
    public void NoteExpired() => Interlocked.Increment(ref _expired);
}
