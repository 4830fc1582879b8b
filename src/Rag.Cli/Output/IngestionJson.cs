using Rag.Ingestion;

namespace Rag.Cli.Output;

/// <summary>What <c>rag ingest --json</c> prints.</summary>
internal sealed record IngestionJson(
    int Added, int Updated, int Unchanged, int Removed, IReadOnlyList<IngestionFailureJson> Failed, int Chunks, int Embedded, double Seconds)
{
    public static IngestionJson From(IngestionResult result) => new(
        result.Added,
        result.Updated,
        result.Unchanged,
        result.Removed,
        [.. result.Failed.Select(failure => new IngestionFailureJson(failure.Document, failure.Error))],
        result.Chunks,
        result.Embedded,
        Math.Round(result.Elapsed.TotalSeconds, 3));
}
