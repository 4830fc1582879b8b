namespace Rag.Cli.Output;

/// <summary>One document that could not be ingested, as JSON.</summary>
internal sealed record IngestionFailureJson(string Document, string Error);
