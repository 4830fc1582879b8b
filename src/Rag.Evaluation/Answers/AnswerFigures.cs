namespace Rag.Evaluation.Answers;

/// <summary>How well questions were answered, as shares of those asked.</summary>
public sealed record AnswerFigures
{
    /// <summary>How many chunks count as the first that retrieval found.</summary>
    internal const int FirstChunks = 5;

    /// <summary>Number of answerable questions. A refused one counts 0 in all of the following.</summary>
    public required int Questions { get; init; }

    /// <summary>Share whose answer is an accepted one in normal form.</summary>
    public required double ExactMatch { get; init; }

    /// <summary>Mean F1 of the answer's text.</summary>
    public required double F1 { get; init; }

    /// <summary>Share whose cited quote holds an accepted answer; see <see cref="AnswerOutcome.QuoteHolds"/>.</summary>
    public required double QuoteHolds { get; init; }

    /// <summary>Mean number of citations of the questions that were answered: more of them hold an answer more easily.</summary>
    public required double QuotesPerAnswer { get; init; }

    /// <summary>Share with a chunk of their own article that holds an accepted answer among the first five retrieved; refused ones count too.</summary>
    public required double RetrievedHolds { get; init; }

    /// <summary>Share of answerable questions that were refused.</summary>
    public required double WronglyRefused { get; init; }

    /// <summary><see cref="ExactMatch"/> where nothing may be refused; null where that was not tried.</summary>
    public double? PressedExactMatch { get; init; }

    /// <summary><see cref="F1"/> where nothing may be refused; null where that was not tried.</summary>
    public double? PressedF1 { get; init; }

    /// <summary><see cref="QuoteHolds"/> where nothing may be refused; null where that was not tried.</summary>
    public double? PressedQuoteHolds { get; init; }

    /// <summary>Number of questions asked while their article was left out.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Share of those that were refused.</summary>
    public required double RefusedWithoutArticle { get; init; }

    /// <summary>Number of questions that their article does not answer.</summary>
    public required int Unanswerable { get; init; }

    /// <summary>Share of those that were refused; null where there are none.</summary>
    public required double? RefusedUnanswerable { get; init; }

    /// <summary>What would be refused where 2, 5, 10 and 20 % of the answerable questions may be; empty where no answer told its confidence.</summary>
    public required IReadOnlyList<RefusalPoint> RefusalCurve { get; init; }

    /// <summary>Counts outcomes.</summary>
    public static AnswerFigures From(IReadOnlyList<AnswerOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        List<AnswerOutcome> answerable = Of(outcomes, QuestionSetting.Answerable), leftOut = Of(outcomes, QuestionSetting.ArticleLeftOut);
        List<AnswerOutcome> unanswerable = Of(outcomes, QuestionSetting.Unanswerable), pressed = Of(outcomes, QuestionSetting.Pressed);
        return new AnswerFigures
        {
            Questions = answerable.Count,
            ExactMatch = Mean(answerable, outcome => outcome.ExactMatch),
            F1 = Mean(answerable, outcome => outcome.F1),
            QuoteHolds = Mean(answerable, outcome => outcome.QuoteHolds ? 1 : 0),
            QuotesPerAnswer = Mean([.. answerable.Where(outcome => !outcome.Refused)], outcome => outcome.Citations.Count),
            RetrievedHolds = Mean(answerable, outcome => outcome.Rank <= FirstChunks ? 1 : 0),
            WronglyRefused = Mean(answerable, Refused),
            PressedExactMatch = pressed.Count == 0 ? null : Mean(pressed, outcome => outcome.ExactMatch),
            PressedF1 = pressed.Count == 0 ? null : Mean(pressed, outcome => outcome.F1),
            PressedQuoteHolds = pressed.Count == 0 ? null : Mean(pressed, outcome => outcome.QuoteHolds ? 1 : 0),
            LeftOut = leftOut.Count,
            RefusedWithoutArticle = Mean(leftOut, Refused),
            Unanswerable = unanswerable.Count,
            RefusedUnanswerable = unanswerable.Count == 0 ? null : Mean(unanswerable, Refused),
            RefusalCurve = Answers.RefusalCurve.Of(outcomes),
        };
    }

    private static List<AnswerOutcome> Of(IReadOnlyList<AnswerOutcome> outcomes, QuestionSetting setting) => [.. outcomes.Where(outcome => outcome.Setting == setting)];

    private static double Refused(AnswerOutcome outcome) => outcome.Refused ? 1 : 0;

    private static double Mean(List<AnswerOutcome> outcomes, Func<AnswerOutcome, double> value) => outcomes.Count == 0 ? 0 : outcomes.Average(value);
}
