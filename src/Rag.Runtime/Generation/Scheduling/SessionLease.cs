namespace Rag.Runtime.Generation.Scheduling;

/// <summary>A session for work that is no generation; it counts as a request that runs until it is disposed.</summary>
internal sealed class SessionLease : ScheduledRequest
{
    private readonly TaskCompletionSource<CachedSession> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SessionLease(int[] prompt, string? adapter, RequestTerms terms, CancellationToken cancellationToken)
        : base(prompt, adapter, prompt.Length, terms, cancellationToken)
    {
    }

    /// <summary>The session, once there is one.</summary>
    public Task<CachedSession> WhenGranted => _session.Task;

    public override void Begin(CachedSession session)
    {
        (Session, Phase) = (session, RequestPhase.Prefill);
        _session.TrySetResult(session);
    }

    public override void End(Exception? error)
    {
        base.End(error);
        if (error is OperationCanceledException cancelled)
        {
            _session.TrySetCanceled(cancelled.CancellationToken);
        }
        else if (error is not null)
        {
            _session.TrySetException(error);
        }
    }
}
