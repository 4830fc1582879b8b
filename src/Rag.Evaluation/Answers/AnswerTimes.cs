namespace Rag.Evaluation.Answers;

/// <summary>How long questions took, one after another.</summary>
/// <param name="Questions">How many were timed.</param>
/// <param name="Median">Half took no longer.</param>
/// <param name="Percentile95">95 of 100 took no longer.</param>
public sealed record AnswerTimes(int Questions, TimeSpan Median, TimeSpan Percentile95);
