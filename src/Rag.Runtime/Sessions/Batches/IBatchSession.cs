namespace Rag.Runtime.Sessions.Batches;

/// <summary>
/// A session that can share steps with others. It may be used as ever while it is in a batch: whatever needs its own cache brings the rows
/// computed meanwhile back first, and with that it has left the batch.
/// </summary>
internal interface IBatchSession : IDecoderSession
{
    /// <summary>What it must share with others at its next token; null where it must run that alone.</summary>
    BatchKey? BatchKey { get; }

    /// <summary>The memory of its own cache.</summary>
    long CacheBytes { get; }

    /// <summary>The most memory that its own cache takes on the way to some length: while it grows, old and new rows are there.</summary>
    long BytesFor(int tokens);

    /// <summary>An empty batch for sessions of this one's key; the caller disposes it.</summary>
    /// <param name="budget">What the batch's memory is taken from.</param>
    IDecoderBatch CreateBatch(CacheBudget budget);
}
