namespace Rag.Models.Hub;

/// <summary>Waits between attempts: doubled each time, bounded, and as long as the hub asks within that bound.</summary>
internal sealed class Backoff(ModelHubOptions options, TimeProvider time)
{
    /// <summary>Attempts in a row that gained nothing.</summary>
    public int Failures { get; private set; }

    /// <summary>Whether another attempt may be made.</summary>
    public bool Exhausted => Failures >= options.MaxAttempts;

    /// <summary>Counts a failure; one that gained something starts the count anew.</summary>
    public void Failed(bool gained) => Failures = gained ? 1 : Failures + 1;

    /// <summary>Waits.</summary>
    public Task WaitAsync(TimeSpan? asked, CancellationToken cancellationToken)
    {
        TimeSpan wait = options.FirstBackoff * Math.Pow(2, Math.Min(Failures - 1, 20));
        if (asked > wait)
        {
            wait = asked.Value;
        }

        return Task.Delay(wait > options.MaxBackoff ? options.MaxBackoff : wait, time, cancellationToken);
    }
}
