namespace Rag.Diagnostics;

/// <summary>Names of tags; <c>gen_ai.*</c> as in the OpenTelemetry GenAI conventions. No tag carries text of a person or a document.</summary>
internal static class TagNames
{
    public const string Operation = "gen_ai.operation.name";
    public const string TopK = "gen_ai.request.top_k";
    public const string Model = "gen_ai.request.model";
    public const string ErrorType = "error.type";
    public const string Documents = "rag.documents";
    public const string Failures = "rag.failures";
    public const string Chunks = "rag.chunks";
    public const string Retrieved = "rag.retrieved";
    public const string Citations = "rag.citations";
    public const string Refused = "rag.refused";
}
