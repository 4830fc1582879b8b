namespace Rag.Cli.Output;

/// <summary>What <c>rag eval retrieval --json</c> prints.</summary>
internal sealed record EvaluationListJson(IReadOnlyList<EvaluationJson> Results);
