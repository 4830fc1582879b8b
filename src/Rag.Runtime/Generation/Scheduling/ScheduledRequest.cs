namespace Rag.Runtime.Generation.Scheduling;

/// <summary>
/// Something that needs a session for a while. The scheduler alone changes it once it was submitted; who made it may cancel it at any time.
/// </summary>
internal abstract class ScheduledRequest : IDisposable
{
    private readonly RequestTerms _terms;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenSource _source;
    private CancellationTokenRegistration _registration;

    /// <param name="prompt">What the session will be asked.</param>
    /// <param name="adapter">The name of the adapter that it must have; null for none.</param>
    /// <param name="mostTokens">The most tokens that the session will have.</param>
    /// <param name="terms">When it begins and ends.</param>
    /// <param name="cancellationToken">The caller's.</param>
    protected ScheduledRequest(int[] prompt, string? adapter, int mostTokens, RequestTerms terms, CancellationToken cancellationToken)
    {
        (Prompt, Adapter, MostTokens, _terms, _caller) = (prompt, adapter, mostTokens, terms, cancellationToken);
        _deadline = terms.Timeout is { } timeout ? new CancellationTokenSource(timeout, terms.Time) : null;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deadline?.Token ?? CancellationToken.None);
        Token = _source.Token;
    }

    public int[] Prompt { get; }

    public string? Adapter { get; }

    public int MostTokens { get; }

    public int Priority => _terms.Priority;

    public bool IsAccepted => _terms.IsAccepted;

    /// <summary>Cancelled by the caller, by <see cref="Cancel"/>, and at the deadline.</summary>
    public CancellationToken Token { get; }

    public RequestPhase Phase { get; protected set; }

    /// <summary>The session that it has; null while it waits and once it has ended.</summary>
    public CachedSession? Session { get; protected set; }

    /// <summary>Ends it, for who does not want it any more.</summary>
    public void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Has something done when it is cancelled; called once.</summary>
    public void OnCancelled(Action action) => _registration = Token.UnsafeRegister(static state => ((Action)state!)(), action);

    /// <summary>Gives it its session.</summary>
    public abstract void Begin(CachedSession session);

    /// <summary>Tells who waits that it has ended: everything that it held was given back.</summary>
    /// <param name="error">Why; null where it is done.</param>
    public virtual void End(Exception? error)
    {
        Session = null;
        Dispose();
    }

    /// <summary>The error of a request whose token was cancelled.</summary>
    public Exception Cancelled() => _deadline is { IsCancellationRequested: true } && !_caller.IsCancellationRequested
        ? new RequestTimeoutException(_terms.Model, _terms.Timeout!.Value, Phase)
        : new OperationCanceledException(_caller.IsCancellationRequested ? _caller : Token);

    public void Dispose()
    {
        _registration.Unregister();
        _source.Dispose();
        _deadline?.Dispose();
    }
}
