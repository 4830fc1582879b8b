namespace Rag.Evaluation.Answers;

/// <summary>What another threshold would refuse.</summary>
/// <param name="Allowed">Share of answerable questions that may be refused.</param>
/// <param name="Threshold">The greatest threshold that refuses no more; below it is refused. On the scale of <see cref="Rag.Answering.Answer.Confidence"/>.</param>
/// <param name="WronglyRefused">Share of answerable questions that it refuses.</param>
/// <param name="RefusedWithoutArticle">Share refused of questions whose article was left out.</param>
/// <param name="RefusedUnanswerable">Share refused of questions that their article does not answer; null where there are none.</param>
public sealed record RefusalPoint(double Allowed, double Threshold, double WronglyRefused, double RefusedWithoutArticle, double? RefusedUnanswerable);
