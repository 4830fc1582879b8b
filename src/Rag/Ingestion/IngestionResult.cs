namespace Rag.Ingestion;

/// <summary>
/// What one run of ingestion did. Each document of the source is counted exactly once, in <see cref="Added"/>,
/// <see cref="Updated"/>, <see cref="Unchanged"/> or <see cref="Failed"/>.
/// </summary>
public sealed record IngestionResult
{
    /// <summary>Documents that were not in the index before.</summary>
    public required int Added { get; init; }

    /// <summary>Documents whose content, or way of being read, or attributes had changed; for attributes alone nothing is embedded again.</summary>
    public required int Updated { get; init; }

    /// <summary>Documents that were up to date.</summary>
    public required int Unchanged { get; init; }

    /// <summary>
    /// Documents taken out of the index: those that the source no longer has, and those that can no longer be read (which
    /// are in <see cref="Failed"/> too).
    /// </summary>
    public required int Removed { get; init; }

    /// <summary>Documents that could not be ingested.</summary>
    public required IReadOnlyList<IngestionFailure> Failed { get; init; }

    /// <summary>Chunks in the index after the run.</summary>
    public required int Chunks { get; init; }

    /// <summary>
    /// Chunks that were embedded in this run. Fewer than the chunks of what was added and updated where the index held vectors of
    /// the same text already, from an earlier version of the document or from another one.
    /// </summary>
    public int Embedded { get; init; }

    /// <summary>Whether stored content was dropped first because it was made with something else.</summary>
    public bool Replaced { get; init; }

    /// <summary>Duration of the run.</summary>
    public required TimeSpan Elapsed { get; init; }
}
