namespace Rag.Diagnostics;

/// <summary>Names of activities and of the events in them.</summary>
internal static class ActivityNames
{
    /// <summary>One run of ingestion.</summary>
    public const string Ingest = "rag.ingest";

    /// <summary>One question, from text to checked answer.</summary>
    public const string Ask = "rag.ask";

    /// <summary>One search; the name that the OpenTelemetry GenAI conventions give to it.</summary>
    public const string Retrieval = "retrieval";
}
