namespace Rag.Testing;

/// <summary>How an <see cref="InMemoryChunkIndex"/> scores. Not to be changed while an index uses it.</summary>
public sealed class InMemoryChunkIndexOptions
{
    /// <summary>BM25's k1.</summary>
    /// <value>The default value is 1.2.</value>
    public double K1 { get; set; } = 1.2;

    /// <summary>BM25's b.</summary>
    /// <value>The default value is .75.</value>
    public double B { get; set; } = 0.75;

    /// <summary>Turns text into terms.</summary>
    /// <value>By default the runs of letters and digits, in lower case.</value>
    public Func<string, IReadOnlyList<string>> Terms { get; set; } = static text =>
        [.. new string([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range; names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Terms);
        ArgumentOutOfRangeException.ThrowIfNegative(K1);
        ArgumentOutOfRangeException.ThrowIfNegative(B);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(B, 1);
    }
}
