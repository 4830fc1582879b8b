namespace Rag.Evaluation.Answers;

/// <summary>What <see cref="AnswerEvaluator"/> found.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="Outcomes">What became of each question: the answerable, the unanswerable, then those whose article was left out.</param>
public sealed record AnswerMeasurement(AnswerFigures Figures, IReadOnlyList<AnswerOutcome> Outcomes);
