namespace Rag.Runtime.Generation.Scheduling;

/// <summary>How far a request to a local model has come.</summary>
public enum RequestPhase
{
    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>Its prompt is being computed.</summary>
    Prefill,

    /// <summary>Its answer is being generated.</summary>
    Decode,
}
