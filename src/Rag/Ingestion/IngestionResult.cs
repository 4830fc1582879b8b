namespace Rag.Ingestion;

/// <summary>What one run of ingestion did. Each document of the source is counted exactly once.</summary>
public sealed record IngestionResult
{
    /// <summary>Documents that were not in the index before.</summary>
    public required int Added { get; init; }

    /// <summary>Documents whose content, or way of being read, had changed.</summary>
    public required int Updated { get; init; }

    /// <summary>Documents that were up to date.</summary>
    public required int Unchanged { get; init; }

    /// <summary>Documents that the source no longer has, or that can no longer be read.</summary>
    public required int Removed { get; init; }

    /// <summary>Documents that could not be ingested.</summary>
    public required IReadOnlyList<IngestionFailure> Failed { get; init; }

    /// <summary>Chunks in the index after the run.</summary>
    public required int Chunks { get; init; }

    /// <summary>Duration of the run.</summary>
    public required TimeSpan Elapsed { get; init; }
}
