using Rag.Evaluation.Answers;
using Rag.Evaluation.Articles;
using Rag.Evaluation.Datasets;

namespace Rag.Evaluation.Tests.Answers;

public sealed class RefusalCurveTests
{
    private static readonly ArticleQuestion Question = new(new AnsweredQuestion("", "?", [], false), new QuestionParagraph("", 0, "", []), "");

    [Fact]
    public void Thresholds_refuse_no_more_of_the_answerable_than_allowed()
    {
        IReadOnlyList<RefusalPoint> curve = Curve(
            [.. Enumerable.Range(1, 20).Select(i => Asked(QuestionSetting.Answerable, i))],
            [Asked(QuestionSetting.ArticleLeftOut, 0), Asked(QuestionSetting.ArticleLeftOut, 1.5), Asked(QuestionSetting.ArticleLeftOut, 2.5), Asked(QuestionSetting.ArticleLeftOut, 4.5)],
            [Asked(QuestionSetting.Unanswerable, 2.5), Asked(QuestionSetting.Unanswerable, 9)]);
        Assert.Equal(
            [new(.02, 1, 0, .25, 0), new(.05, 2, .05, .5, 0), new(.1, 3, .1, .75, .5), new(.2, 5, .2, 1, .5)],
            curve);
    }

    [Fact]
    public void Equal_confidences_are_refused_together_or_not_at_all()
    {
        RefusalPoint point = Curve([.. Enumerable.Range(0, 10).Select(i => Asked(QuestionSetting.Answerable, i < 9 ? 1 : 2))], [Asked(QuestionSetting.ArticleLeftOut, 1)])[^1];
        Assert.Equal(new RefusalPoint(.2, 1, 0, 0, null), point);
    }

    [Fact]
    public void Answers_without_a_confidence_stay_as_they_were_decided()
    {
        IReadOnlyList<RefusalPoint> curve = Curve(
            [Asked(QuestionSetting.Answerable, null, refused: true), .. Enumerable.Range(1, 8).Select(i => Asked(QuestionSetting.Answerable, i)), Asked(QuestionSetting.Answerable, null)],
            [Asked(QuestionSetting.ArticleLeftOut, null), Asked(QuestionSetting.ArticleLeftOut, null, refused: true), Asked(QuestionSetting.ArticleLeftOut, double.NaN)]);
        Assert.Equal([new(.1, 1, .1, 1 / 3.0, null), new(.2, 2, .2, 1 / 3.0, null)], curve);
    }

    [Fact]
    public void Without_any_confidence_there_is_no_curve()
    {
        Assert.Empty(Curve([Asked(QuestionSetting.Answerable, null)], [Asked(QuestionSetting.ArticleLeftOut, null, refused: true)]));
        Assert.Empty(Curve([], [Asked(QuestionSetting.ArticleLeftOut, 1)]));
    }

    private static IReadOnlyList<RefusalPoint> Curve(params AnswerOutcome[][] outcomes) => AnswerFigures.From([.. outcomes.SelectMany(group => group)]).RefusalCurve;

    private static AnswerOutcome Asked(QuestionSetting setting, double? confidence, bool refused = false) =>
        new() { Question = Question, Setting = setting, Refused = refused, Text = "", Citations = [], Confidence = confidence };
}
