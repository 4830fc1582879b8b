using Rag.Retrieval;

namespace Rag.Cli.Output;

/// <summary>What <c>rag search --json</c> prints.</summary>
internal sealed record SearchJson(IReadOnlyList<ResultJson> Results)
{
    public static SearchJson From(IReadOnlyList<RetrievedChunk> found) => new([.. found.Select(ResultJson.From)]);
}
