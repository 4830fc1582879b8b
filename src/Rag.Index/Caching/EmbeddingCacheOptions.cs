namespace Rag.Index.Caching;

/// <summary>How an <see cref="EmbeddingCache"/> keeps vectors. Read once, when it opens.</summary>
public sealed class EmbeddingCacheOptions
{
    /// <summary>Bytes of vectors to keep; past them those that were used longest ago go.</summary>
    /// <value>The default value is 1 GiB: about 700,000 vectors of 384 dimensions.</value>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>How long to wait while another process writes to the same cache.</summary>
    /// <value>The default value is 5 seconds.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BusyTimeout, TimeSpan.Zero);
    }
}
