using Rag.Runtime.Generation.Prefixes;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;

namespace Rag.Runtime.Generation;

/// <summary>
/// The sessions of one model. Of the free ones a request gets the one of its adapter whose cache shares most with its prompt. Memory is set
/// aside for all that a request may need, so that none runs out of it half way; free sessions give theirs up, the one used longest ago first. Thread-safe.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly Func<string?, IDecoderSession> _create;
    private readonly bool _reusePrefix;
    private readonly PrefixCache? _prefixes;
    private readonly Lock _lock = new();
    private readonly List<CachedSession> _free = [];
    private CachedSession? _example;
    private long _uses;
    private int _open;
    private bool _disposed;

    public SessionPool(Func<string?, IDecoderSession> create, int maxSessions, bool reusePrefix, PrefixCache? prefixes = null, long maxBytes = long.MaxValue)
    {
        _create = create;
        _reusePrefix = reusePrefix;
        _prefixes = prefixes;
        MaxSessions = maxSessions;
        Budget = new CacheBudget(maxBytes);
    }

    public int MaxSessions { get; }

    /// <summary>The memory of sessions, and of what is computed for several at once.</summary>
    public CacheBudget Budget { get; }

    /// <summary>The number of logits.</summary>
    public int VocabularySize => Example().VocabularySize;

    /// <summary>Sessions that there are, and those of them that are free.</summary>
    public (int Open, int Free) Sessions
    {
        get
        {
            lock (_lock)
            {
                return (_open, _free.Count);
            }
        }
    }

    /// <summary>Refuses a length that there will never be memory for.</summary>
    /// <exception cref="LimitExceededException">It is too long.</exception>
    public void ThrowIfTooLarge(int tokens)
    {
        if (Budget.Limit < long.MaxValue && Example().BytesFor(tokens) is var bytes && bytes > Budget.Limit)
        {
            throw new LimitExceededException(nameof(LocalModelOptions.KeyValueCacheBytes), Budget.Limit, bytes, $"A request of up to {tokens} tokens");
        }
    }

    /// <summary>Takes a session.</summary>
    /// <param name="prompt">What it will be asked.</param>
    /// <param name="adapter">The name of the adapter that it must have; null for none.</param>
    /// <param name="tokens">The most tokens that it will have.</param>
    /// <returns>Null where all are in use, or their memory is.</returns>
    public CachedSession? TryTake(int[] prompt, string? adapter, int tokens)
    {
        long bytes = Budget.Limit < long.MaxValue ? Example().BytesFor(tokens) : 0;
        CachedSession? best;
        List<CachedSession> superfluous = [];
        bool taken;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            best = Choose(prompt, adapter);
            if (best is not null)
            {
                _free.Remove(best);
            }
            else if (_open < MaxSessions || Drop(superfluous))
            {
                _open++;
            }
            else
            {
                return null;
            }

            long held = best?.ReservedBytes ?? 0;
            bytes = Math.Max(bytes, held);
            while (!(taken = Budget.TryReserve(bytes - held)) && Drop(superfluous))
            {
            }

            if (!taken && best is not null)
            {
                _free.Add(best);
            }
            else if (!taken)
            {
                _open--;
            }
        }

        superfluous.ForEach(session => session.Dispose());
        if (!taken)
        {
            return null;
        }

        best ??= Create(adapter, bytes);
        best.ReservedBytes = bytes;
        if (!_reusePrefix)
        {
            best.Clear();
        }

        return best;
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
            long bytes = keep && Budget.Limit < long.MaxValue ? session.CacheBytes : 0;
            Budget.Release(session.ReservedBytes - bytes);
            session.ReservedBytes = bytes;
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

    private CachedSession? Choose(int[] prompt, string? adapter)
    {
        IEnumerable<CachedSession> same = _free.Where(session => session.Adapter == adapter);
        return _reusePrefix
            ? same.OrderByDescending(session => session.CommonPrefix(prompt)).ThenBy(session => session.LastUse).FirstOrDefault()
            : same.LastOrDefault();
    }

    // Takes the session out that was used longest ago; whoever holds the lock disposes it later.
    private bool Drop(List<CachedSession> dropped)
    {
        if (_free.MinBy(session => session.LastUse) is not { } oldest)
        {
            return false;
        }

        _free.Remove(oldest);
        _open--;
        Budget.Release(oldest.ReservedBytes);
        dropped.Add(oldest);
        return true;
    }

    // Of what all sessions have in common; it may be in use, or closed.
    private CachedSession Example()
    {
        lock (_lock)
        {
            if (_example is null)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                _example = new CachedSession(_create(null), null, _prefixes);
                _free.Add(_example);
                _open++;
            }

            return _example;
        }
    }

    private CachedSession Create(string? adapter, long bytes)
    {
        try
        {
            CachedSession session = new(_create(adapter), adapter, _prefixes);
            _example ??= session;
            return session;
        }
        catch
        {
            Budget.Release(bytes);
            lock (_lock)
            {
                _open--;
            }

            throw;
        }
    }
}
