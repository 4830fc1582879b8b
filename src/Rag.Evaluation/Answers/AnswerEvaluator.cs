using Rag.Answering;
using Rag.Evaluation.Articles;

namespace Rag.Evaluation.Answers;

/// <summary>
/// Asks questions with known answers the whole way: over all articles, and again with the question's own article taken out of
/// the index, where to refuse is right. Knows no model; whatever answers is handed in.
/// </summary>
public static class AnswerEvaluator
{
    /// <summary>How many questions <see cref="TimeAsync"/> times unless told otherwise.</summary>
    public const int DefaultTimed = 100;

    private const int WarmUp = 3;

    /// <summary>Measures how well questions are answered.</summary>
    /// <param name="set">The questions.</param>
    /// <param name="ask">Answers a question from <paramref name="index"/>, such as <see cref="AnswerPipeline.AskAsync"/>; called one at a time.</param>
    /// <param name="index">The index into which the set's articles were ingested, document ids being file names; whole again afterwards.</param>
    /// <param name="pressed">Answers in the same way and never refuses, to see what the refusals cost; null to leave that out.</param>
    /// <param name="progress">Told how many of the <see cref="CountQuestions"/> are done.</param>
    /// <param name="cancellationToken">Ends the measuring; the index is whole then too.</param>
    /// <remarks>A question whose article is left out is taken as one that nothing answers, though another article might.</remarks>
    public static async Task<AnswerMeasurement> MeasureAsync(
        ArticleSet set,
        Func<Question, CancellationToken, Task<Answer>> ask,
        RememberingIndex index,
        Func<Question, CancellationToken, Task<Answer>>? pressed = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(index);
        List<AnswerOutcome> outcomes = [];
        foreach (ArticleQuestion question in set.Answerable)
        {
            await AskAsync(question, QuestionSetting.Answerable).ConfigureAwait(false);
            if (pressed is not null)
            {
                await AskAsync(question, QuestionSetting.Pressed).ConfigureAwait(false);
            }
        }

        foreach (ArticleQuestion question in set.Unanswerable)
        {
            await AskAsync(question, QuestionSetting.Unanswerable).ConfigureAwait(false);
        }

        foreach (IGrouping<string, ArticleQuestion> article in set.Answerable.GroupBy(question => question.DocumentId, StringComparer.Ordinal))
        {
            await index.WithoutAsync(
                article.Key,
                async () =>
                {
                    foreach (ArticleQuestion question in article)
                    {
                        await AskAsync(question, QuestionSetting.ArticleLeftOut).ConfigureAwait(false);
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }

        return new AnswerMeasurement(AnswerFigures.From(outcomes), outcomes);

        async Task AskAsync(ArticleQuestion question, QuestionSetting setting)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Answer answer = await (setting == QuestionSetting.Pressed ? pressed! : ask)(new Question(question.Question.Text), cancellationToken).ConfigureAwait(false);
            outcomes.Add(AnswerOutcome.From(question, setting, answer));
            progress?.Report(outcomes.Count);
        }
    }

    /// <summary>How many questions <see cref="MeasureAsync"/> asks: the answerable twice, or three times where it presses for answers too.</summary>
    public static int CountQuestions(ArticleSet set, bool pressed = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        return ((pressed ? 3 : 2) * set.Answerable.Count) + set.Unanswerable.Count;
    }

    /// <summary>Takes the time of questions, evenly chosen, after a few that are not timed. No part of what is asked should remember earlier questions.</summary>
    /// <param name="set">The questions; the answerable are asked.</param>
    /// <param name="ask">Answers a question; called one at a time.</param>
    /// <param name="questions">How many at most; at least 1.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    /// <param name="progress">Told how many questions are timed.</param>
    /// <param name="cancellationToken">Ends the measuring.</param>
    public static async Task<AnswerTimes> TimeAsync(
        ArticleSet set,
        Func<Question, CancellationToken, Task<Answer>> ask,
        int questions = DefaultTimed,
        TimeProvider? timeProvider = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentOutOfRangeException.ThrowIfLessThan(questions, 1);
        TimeProvider time = timeProvider ?? TimeProvider.System;
        IReadOnlyList<ArticleQuestion> timed = ArticleSet.Spread(set.Answerable, questions);
        foreach (ArticleQuestion question in set.Answerable.Take(WarmUp))
        {
            await ask(new Question(question.Question.Text), cancellationToken).ConfigureAwait(false);
        }

        List<TimeSpan> times = [];
        foreach (ArticleQuestion question in timed)
        {
            long started = time.GetTimestamp();
            await ask(new Question(question.Question.Text), cancellationToken).ConfigureAwait(false);
            times.Add(time.GetElapsedTime(started));
            progress?.Report(times.Count);
        }

        times.Sort();
        return new AnswerTimes(times.Count, At(times, .5), At(times, .95));
    }

    // Nearest rank: the least time that so great a share did not pass.
    private static TimeSpan At(List<TimeSpan> sorted, double share) => sorted.Count == 0 ? TimeSpan.Zero : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
}
