namespace Rag.Ingestion;

/// <summary>Limits of ingestion.</summary>
public sealed class IngestionOptions
{
    /// <summary>Largest file that is read, in bytes.</summary>
    /// <value>The default value is 64 MiB.</value>
    public long MaxFileBytes { get; set; } = 64L << 20;
}
