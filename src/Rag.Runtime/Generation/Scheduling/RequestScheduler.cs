using Microsoft.ML.OnnxRuntime;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Generation.Scheduling;

/// <summary>
/// Runs the requests of one model in rounds: it admits who waits, computes a piece of the prompts, then one token of every answer, shared
/// where that is possible. A round runs on the thread pool, and none runs while there is nothing to do. Thread-safe.
/// </summary>
internal sealed class RequestScheduler : IThreadPoolWorkItem, IDisposable
{
    private readonly SessionPool _pool;
    private readonly SchedulerLimits _limits;
    private readonly DecodeBatches _batches;
    private readonly RunningGenerations _generations;
    private readonly Lock _lock = new();
    private readonly RequestQueue _queue = new();
    private readonly List<ScheduledRequest> _running = [];
    private bool _active;
    private bool _again;
    private bool _disposed;

    /// <param name="pool">The sessions; disposed here.</param>
    /// <param name="limits">How much at once.</param>
    public RequestScheduler(SessionPool pool, SchedulerLimits limits)
    {
        (_pool, _limits) = (pool, limits);
        _batches = new DecodeBatches(pool.Budget, limits.LeastShared);
        _generations = new RunningGenerations(_batches, limits.PrefillTokens, Counts, (run, sound, error) => GiveBack(run, sound, Note(error)));
    }

    public SchedulerCounts Counts { get; } = new();

    /// <summary>Requests that have a session, and those that wait for one.</summary>
    public (int Running, int Queued) Load
    {
        get
        {
            lock (_lock)
            {
                return (_running.Count, _queue.Count);
            }
        }
    }

    /// <summary>Sequences that share steps, and their memory; as of some moment of the round that runs.</summary>
    public (int Rows, long Bytes) Shared
    {
        get
        {
            lock (_lock)
            {
                return field;
            }
        }

        private set;
    }

    /// <summary>Takes a request, which ends by <see cref="ScheduledRequest.End"/> in any case.</summary>
    /// <exception cref="ModelBusyException">Too many wait.</exception>
    /// <exception cref="LimitExceededException">Its keys and values would never have room.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler was disposed.</exception>
    public void Submit(ScheduledRequest request)
    {
        if (request.Token.IsCancellationRequested)
        {
            throw request.Cancelled();
        }

        _pool.ThrowIfTooLarge(request.MostTokens);
        request.OnCancelled(Wake);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!request.IsAccepted && _running.Count + _queue.Count >= _limits.MaxRunning + _limits.MaxQueued)
            {
                Counts.NoteRefused();
                throw new ModelBusyException(_limits.Model, _queue.Count, _limits.MaxQueued);
            }

            _queue.Add(request);
        }

        Wake();
    }

    /// <summary>Takes back the session of a lease.</summary>
    /// <param name="lease">One that was granted.</param>
    /// <param name="sound">False where something failed other than by cancellation.</param>
    public void Return(SessionLease lease, bool sound)
    {
        GiveBack(lease, sound, error: null);
        Wake();
    }

    /// <summary>One round; the thread pool calls it.</summary>
    public void Execute()
    {
        bool more;
        lock (_lock)
        {
            _again = false;
        }

        try
        {
            more = Round();
        }
        catch (Exception e)
        {
            // Nobody else would see it: who waits must not wait for ever.
            more = false;
            _generations.Clear();
            foreach (GenerationRun run in Running().OfType<GenerationRun>())
            {
                GiveBack(run, sound: false, e);
            }
        }

        lock (_lock)
        {
            Shared = _batches.Shared;
            _active = more || _again;
            if (_active)
            {
                // Others of the pool come in between.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }
    }

    /// <summary>Ends who waits; who runs finishes, and the sessions go with the last.</summary>
    public void Dispose()
    {
        List<ScheduledRequest> waiting;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            waiting = _queue.TakeAll();
        }

        waiting.ForEach(request => request.End(new ObjectDisposedException(_limits.Model, "The model was closed while a request waited for its turn.")));
        _pool.Dispose();
    }

    private void Wake()
    {
        lock (_lock)
        {
            _again = true;
            if (!_active)
            {
                _active = true;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }
    }

    // Whether there is more to compute.
    private bool Round()
    {
        EndCancelled();
        Admit();
        _generations.Prefill();
        _generations.Decode();
        return _generations.Count > 0;
    }

    private void EndCancelled()
    {
        List<ScheduledRequest>? cancelled;
        lock (_lock)
        {
            cancelled = _queue.TakeCancelled();
        }

        cancelled?.ForEach(request => request.End(Note(request.Cancelled())));
        _generations.EndCancelled();
    }

    private void Admit()
    {
        while (true)
        {
            ScheduledRequest request;
            CachedSession? session;
            lock (_lock)
            {
                if (_queue.First is not { } first || _running.Count >= _limits.MaxRunning)
                {
                    return;
                }

                request = first;
            }

            Exception? error = null;
            try
            {
                session = _pool.TryTake(request.Prompt, request.Adapter, request.MostTokens);
                if (session is null)
                {
                    // It is the first, and stays it: smaller ones behind it must not keep it out for ever.
                    return;
                }
            }
            catch (Exception e)
            {
                (session, error) = (null, e);
            }

            bool queued;
            lock (_lock)
            {
                queued = !_disposed && ReferenceEquals(_queue.First, request);
                if (queued)
                {
                    _queue.RemoveFirst();
                    if (session is not null)
                    {
                        _running.Add(request);
                    }
                }
            }

            if (!queued)
            {
                // One of a higher priority has come, or the end.
                if (session is not null)
                {
                    _pool.Return(session, sound: true);
                }
            }
            else if (session is null)
            {
                request.End(Note(error));
            }
            else
            {
                Begin(request, session);
            }
        }
    }

    private void Begin(ScheduledRequest request, CachedSession session)
    {
        try
        {
            request.Begin(session);
        }
        catch (Exception e)
        {
            // One that could not even be made has not touched its session.
            GiveBack(request, sound: request.Session is null, Note(e), session);
            return;
        }

        if (request is GenerationRun run)
        {
            _generations.Add(run);
        }
    }

    private void GiveBack(ScheduledRequest request, bool sound, Exception? error, CachedSession? given = null)
    {
        if ((request.Session ?? given) is { } session)
        {
            // Out of a batch, if it is in one, before anybody else may have it.
            sound = sound && session.TrySettle();
            _pool.Return(session, sound);
        }

        lock (_lock)
        {
            _running.Remove(request);

            // There may be room now for who waits.
            _again |= _queue.Count > 0;
        }

        request.End(error);
    }

    private Exception? Note(Exception? error)
    {
        if (error is RequestTimeoutException)
        {
            Counts.NoteExpired();
        }

        return error switch
        {
            OutOfMemoryException => new UnavailableException($"There is no memory for a request to the model {_limits.Model}: {error.Message}", _limits.Model, error),
            OnnxRuntimeException runtime => StepFailure.Of(runtime, _limits.Model),
            _ => error,
        };
    }

    private List<ScheduledRequest> Running()
    {
        lock (_lock)
        {
            return [.. _running];
        }
    }
}
