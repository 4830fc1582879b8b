namespace Rag.Evaluation.Datasets;

/// <summary>A question and the answers that count as right.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What is asked.</param>
/// <param name="Answers">Right answers, each a span of the paragraph; empty where the paragraph has none.</param>
/// <param name="IsImpossible">Whether the paragraph does not answer it (SQuAD 2.0).</param>
public sealed record AnsweredQuestion(string Id, string Text, IReadOnlyList<GoldAnswer> Answers, bool IsImpossible);
