namespace Rag.Documents;

/// <summary>Counts bytes against a named limit while they are made, so that a lie about their number is found out in time.</summary>
internal sealed class ByteBudget(string limitName, long limit, string location)
{
    private long _used;

    /// <summary>Takes bytes from the budget.</summary>
    /// <exception cref="LimitExceededException">There are not that many left.</exception>
    public void Take(long bytes)
    {
        _used += bytes;
        if (_used > limit)
        {
            throw new LimitExceededException(limitName, limit, _used, location);
        }
    }
}
