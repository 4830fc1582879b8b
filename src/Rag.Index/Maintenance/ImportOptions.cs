namespace Rag.Index.Maintenance;

/// <summary>Limits of an import. Read once, when it begins.</summary>
public sealed class ImportOptions
{
    /// <summary>Longest line, in bytes: a document with its text and vectors is one line. Default 256 MiB.</summary>
    public int MaxLineBytes { get; set; } = 256 << 20;

    /// <summary>Most documents. Default ten million.</summary>
    public long MaxDocuments { get; set; } = 10_000_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is below 1.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLineBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDocuments, 1);
    }
}
