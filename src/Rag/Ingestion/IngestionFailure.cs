namespace Rag.Ingestion;

/// <summary>One document that could not be ingested; the rest of the batch was.</summary>
/// <param name="Document">Its id.</param>
/// <param name="Error">A sentence: what was found and what would help.</param>
/// <param name="Exception">The typed error, for programs.</param>
public sealed record IngestionFailure(string Document, string Error, RagException Exception);
