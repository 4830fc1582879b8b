namespace Rag.Ingestion;

/// <summary>How far a run of ingestion is.</summary>
/// <param name="Done">Documents dealt with.</param>
/// <param name="Total">Documents of the source, or null while they are still being counted.</param>
/// <param name="Document">The document dealt with last.</param>
/// <param name="ChunksEmbedded">Chunks embedded so far in this run.</param>
public sealed record IngestionProgress(int Done, int? Total, string Document, int ChunksEmbedded);
