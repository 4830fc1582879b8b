namespace Rag.Evaluation.Answers;

/// <summary>What other thresholds than the generator's own would refuse.</summary>
internal static class RefusalCurve
{
    private static readonly double[] Levels = [.02, .05, .1, .2];

    /// <summary>
    /// A point for each level. An answer that tells no confidence stays as the generator decided: an answer under any threshold,
    /// or a refusal. Empty where none tells, or where a point's threshold would fall among those.
    /// </summary>
    public static IReadOnlyList<RefusalPoint> Of(IReadOnlyList<AnswerOutcome> outcomes)
    {
        double[] answerable = Confidences(outcomes, QuestionSetting.Answerable);
        if (answerable.Length == 0 || !outcomes.Any(outcome => outcome.Confidence is not null))
        {
            return [];
        }

        double[] leftOut = Confidences(outcomes, QuestionSetting.ArticleLeftOut), unanswerable = Confidences(outcomes, QuestionSetting.Unanswerable);
        List<RefusalPoint> points = [];
        foreach (double level in Levels)
        {
            // As many as allowed lie below the next one in order; of equal ones none.
            double threshold = answerable[Math.Min((int)Math.Floor((level * answerable.Length) + 1e-9), answerable.Length - 1)];
            if (double.IsFinite(threshold))
            {
                points.Add(new RefusalPoint(
                    level, threshold, Below(answerable, threshold), Below(leftOut, threshold), unanswerable.Length == 0 ? null : Below(unanswerable, threshold)));
            }
        }

        return points;
    }

    private static double[] Confidences(IReadOnlyList<AnswerOutcome> outcomes, QuestionSetting setting) =>
    [
        .. outcomes.Where(outcome => outcome.Setting == setting)
            .Select(outcome => outcome.Confidence is { } told && double.IsFinite(told) ? told : outcome.Refused ? double.NegativeInfinity : double.PositiveInfinity)
            .Order(),
    ];

    private static double Below(double[] values, double threshold) => values.Length == 0 ? 0 : (double)values.Count(value => value < threshold) / values.Length;
}
