namespace Rag.Answering;

/// <summary>Takes the time of steps that follow each other.</summary>
internal sealed class StepTimer(TimeProvider time)
{
    private readonly List<KeyValuePair<string, TimeSpan>> _steps = [];
    private long _last = time.GetTimestamp();

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<KeyValuePair<string, TimeSpan>> Steps => _steps;

    /// <summary>Ends a step.</summary>
    public void Step(string name)
    {
        long now = time.GetTimestamp();
        _steps.Add(new KeyValuePair<string, TimeSpan>(name, time.GetElapsedTime(_last, now)));
        _last = now;
    }

    /// <summary>Takes over steps that something else timed, in place of the time since the last.</summary>
    public void Include(IReadOnlyList<KeyValuePair<string, TimeSpan>> steps)
    {
        _steps.AddRange(steps);
        _last = time.GetTimestamp();
    }
}
