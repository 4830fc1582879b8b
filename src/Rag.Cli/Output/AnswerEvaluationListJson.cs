namespace Rag.Cli.Output;

/// <summary>What <c>rag eval answers --json</c> prints.</summary>
internal sealed record AnswerEvaluationListJson(IReadOnlyList<AnswerEvaluationJson> Results);
