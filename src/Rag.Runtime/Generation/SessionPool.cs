using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation;

/// <summary>
/// The sessions of one model. A request has one for itself; requests beyond the limit wait. Of the free ones it gets the
/// one whose cache shares most with its prompt. Thread-safe.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly Func<IDecoderSession> _create;
    private readonly bool _reusePrefix;
    private readonly SemaphoreSlim _slots;
    private readonly Lock _lock = new();
    private readonly List<CachedSession> _free = [];
    private long _uses;
    private bool _disposed;

    public SessionPool(Func<IDecoderSession> create, int maxSessions, bool reusePrefix)
    {
        _create = create;
        _reusePrefix = reusePrefix;
        _slots = new SemaphoreSlim(maxSessions, maxSessions);
        MaxSessions = maxSessions;
    }

    public int MaxSessions { get; }

    /// <summary>Sessions that could be had at once without waiting.</summary>
    public int Available => _slots.CurrentCount;

    /// <summary>Waits for a session.</summary>
    public async Task<CachedSession> RentAsync(int[] prompt, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Take(prompt) ?? new CachedSession(_create());
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Gives a session back.</summary>
    /// <param name="session">Not used by the caller any more.</param>
    /// <param name="sound">False where a step failed other than by cancellation: then it is closed.</param>
    public void Return(CachedSession session, bool sound)
    {
        bool keep;
        lock (_lock)
        {
            keep = sound && !_disposed;
            if (keep)
            {
                session.LastUse = ++_uses;
                _free.Add(session);
            }
        }

        if (!keep)
        {
            session.Dispose();
        }

        _slots.Release();
    }

    /// <summary>Closes the free sessions now and the others as they come back.</summary>
    public void Dispose()
    {
        List<CachedSession> free;
        lock (_lock)
        {
            _disposed = true;
            free = [.. _free];
            _free.Clear();
        }

        free.ForEach(session => session.Dispose());
    }

    private CachedSession? Take(int[] prompt)
    {
        CachedSession? best;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            best = _reusePrefix
                ? _free.OrderByDescending(session => session.CommonPrefix(prompt)).ThenBy(session => session.LastUse).FirstOrDefault()
                : _free.LastOrDefault();
            if (best is not null)
            {
                _free.Remove(best);
            }
        }

        if (!_reusePrefix)
        {
            best?.Clear();
        }

        return best;
    }
}
