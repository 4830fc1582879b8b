using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation;

/// <summary>
/// The sessions of one model. A request has one for itself; requests beyond the limit wait. Of the free ones it gets the
/// one of its adapter whose cache shares most with its prompt. Thread-safe.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly Func<string?, IDecoderSession> _create;
    private readonly bool _reusePrefix;
    private readonly PrefixCache? _prefixes;
    private readonly SemaphoreSlim _slots;
    private readonly Lock _lock = new();
    private readonly List<CachedSession> _free = [];
    private long _uses;
    private int _open;
    private bool _disposed;

    public SessionPool(Func<string?, IDecoderSession> create, int maxSessions, bool reusePrefix, PrefixCache? prefixes = null)
    {
        _create = create;
        _reusePrefix = reusePrefix;
        _prefixes = prefixes;
        _slots = new SemaphoreSlim(maxSessions, maxSessions);
        MaxSessions = maxSessions;
    }

    public int MaxSessions { get; }

    /// <summary>Sessions that could be had at once without waiting.</summary>
    public int Available => _slots.CurrentCount;

    /// <summary>Waits for a session.</summary>
    /// <param name="prompt">What it will be asked.</param>
    /// <param name="adapter">The name of the adapter that it must have; null for none.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<CachedSession> RentAsync(int[] prompt, string? adapter, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Take(prompt, adapter) ?? Create(adapter);
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
            else
            {
                _open--;
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

    private CachedSession? Take(int[] prompt, string? adapter)
    {
        CachedSession? best;
        CachedSession? superfluous = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            IEnumerable<CachedSession> same = _free.Where(session => session.Adapter == adapter);
            best = _reusePrefix
                ? same.OrderByDescending(session => session.CommonPrefix(prompt)).ThenBy(session => session.LastUse).FirstOrDefault()
                : same.LastOrDefault();
            if (best is not null)
            {
                _free.Remove(best);
            }
            else if (_open == MaxSessions)
            {
                // One of another adapter makes room for the one to be created: there are never more caches than sessions.
                superfluous = _free.MinBy(session => session.LastUse)!;
                _free.Remove(superfluous);
            }
            else
            {
                _open++;
            }
        }

        superfluous?.Dispose();

        if (!_reusePrefix)
        {
            best?.Clear();
        }

        return best;
    }

    private CachedSession Create(string? adapter)
    {
        try
        {
            return new CachedSession(_create(adapter), adapter, _prefixes);
        }
        catch
        {
            lock (_lock)
            {
                _open--;
            }

            throw;
        }
    }
}
