namespace Rag.Runtime.Sessions.Batches;

/// <summary>A number of bytes for keys and values, and how many of them are spoken for. Thread-safe.</summary>
/// <param name="limit">The bytes.</param>
internal sealed class CacheBudget(long limit)
{
    private long _used;

    public long Limit => limit;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes where there are as many.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
