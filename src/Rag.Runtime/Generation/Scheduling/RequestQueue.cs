namespace Rag.Runtime.Generation.Scheduling;

/// <summary>Requests that wait: those of a higher priority first, those of one in the order they came. Not thread-safe.</summary>
internal sealed class RequestQueue
{
    private readonly List<ScheduledRequest> _requests = [];

    public int Count => _requests.Count;

    /// <summary>The next one; null for none.</summary>
    public ScheduledRequest? First => _requests.Count > 0 ? _requests[0] : null;

    public void Add(ScheduledRequest request)
    {
        int place = _requests.Count;
        while (place > 0 && _requests[place - 1].Priority < request.Priority)
        {
            place--;
        }

        _requests.Insert(place, request);
    }

    public void RemoveFirst() => _requests.RemoveAt(0);

    /// <summary>Takes out what was cancelled; null where nothing was.</summary>
    public List<ScheduledRequest>? TakeCancelled()
    {
        List<ScheduledRequest>? cancelled = null;
        for (int i = _requests.Count - 1; i >= 0; i--)
        {
            if (_requests[i].Token.IsCancellationRequested)
            {
                (cancelled ??= []).Add(_requests[i]);
                _requests.RemoveAt(i);
            }
        }

        return cancelled;
    }

    /// <summary>Takes out all.</summary>
    public List<ScheduledRequest> TakeAll()
    {
        List<ScheduledRequest> all = [.. _requests];
        _requests.Clear();
        return all;
    }
}
