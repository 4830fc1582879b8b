using System.Diagnostics;

namespace Rag.Diagnostics;

/// <summary>Where traces come from: add <see cref="SourceName"/> to a tracer to see questions and ingestion runs.</summary>
public static class RagDiagnostics
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "Rag";

    /// <summary>The source itself.</summary>
    internal static ActivitySource Source { get; } = new(SourceName);
}
