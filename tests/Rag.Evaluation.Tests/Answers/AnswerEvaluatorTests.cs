using Rag.Answering;
using Rag.Evaluation.Answers;
using Rag.Evaluation.Tests.Support;
using Rag.Retrieval;

namespace Rag.Evaluation.Tests.Answers;

public sealed class AnswerEvaluatorTests
{
    private const string Set = """
        {"data": [
          {"title": "Lamp", "paragraphs": [{"context": "The lamp by the door is green. It was bought in 1989–90 for the tower.", "qas": [
            {"id": "colour", "question": "Which colour is the lamp?", "answers": [{"text": "green", "answer_start": 24}]},
            {"id": "year", "question": "When was the lamp bought?", "answers": [{"text": "1989", "answer_start": 47}, {"text": "in 1989–90", "answer_start": 44}]},
            {"id": "weight", "question": "What does the lamp weigh?", "is_impossible": true, "answers": []}]}]},
          {"title": "River", "paragraphs": [{"context": "The river Ouse is long. It ends in the cold North Sea near a lamp.", "qas": [
            {"id": "sea", "question": "Where does the river end?", "answers": [{"text": "the cold North Sea", "answer_start": 35}]},
            {"id": "name", "question": "What is the river called?", "answers": [{"text": "Ouse", "answer_start": 10}]},
            {"id": "strange", "question": "Qwertz?", "answers": [{"text": "long", "answer_start": 18}]},
            {"id": "depth", "question": "How deep is the river?", "is_impossible": true, "answers": []}]}]},
          {"title": "Tower", "paragraphs": [{"context": "The tower has a lamp and stands by the river.", "qas": []}]}
        ]}
        """;

    [Fact]
    public async Task Every_figure_is_as_counted_by_hand()
    {
        await using ArticleLibrary library = await ArticleLibrary.OpenAsync(Set);
        ScriptedGenerator generator = new(Script);
        AnswerMeasurement measured = await AnswerEvaluator.MeasureAsync(library.Set, library.Pipeline(generator).AskAsync, library.Index);
        AnswerFigures figures = measured.Figures;
        Assert.Equal(5, figures.Questions);
        Assert.Equal(.2, figures.ExactMatch, 12);
        Assert.Equal((1 + (2 * .5 * (1 / 3.0) / (.5 + (1 / 3.0)))) / 5, figures.F1, 12);
        Assert.Equal(.4, figures.QuoteHolds, 12);
        Assert.Equal(1, figures.QuotesPerAnswer, 12);
        Assert.Equal(.8, figures.RetrievedHolds, 12);
        Assert.Equal(.4, figures.WronglyRefused, 12);
        Assert.Equal(5, figures.LeftOut);
        Assert.Equal(.8, figures.RefusedWithoutArticle, 12);
        Assert.Equal(2, figures.Unanswerable);
        Assert.Equal(.5, figures.RefusedUnanswerable);
        Assert.Equal(AnswerEvaluator.CountQuestions(library.Set), measured.Outcomes.Count);
        Assert.Equal(12, measured.Outcomes.Count);
        Assert.Equal(
            ["year answerable", "sea answerable", "name answerable", "strange answerable", "depth unanswerable", "colour left out"],
            measured.Outcomes.Where(outcome => outcome.IsWrong).Select(outcome => $"{outcome.Question.Question.Id} {Name(outcome.Setting)}"));
    }

    [Fact]
    public async Task A_left_out_article_is_not_seen_and_the_index_is_whole_afterwards()
    {
        await using ArticleLibrary library = await ArticleLibrary.OpenAsync(Set);
        string before = await library.DescribeAsync();
        ScriptedGenerator generator = new(Script);
        await AnswerEvaluator.MeasureAsync(library.Set, library.Pipeline(generator).AskAsync, library.Index);
        Assert.Equal(before, await library.DescribeAsync());
        foreach (Evaluation.Articles.ArticleQuestion question in library.Set.Answerable.Where(question => question.Question.Id != "strange"))
        {
            List<string[]> seen = [.. generator.Shown.Where(shown => shown.Question == question.Question.Text).Select(shown => shown.Documents)];
            Assert.Equal(2, seen.Count);
            Assert.Contains(question.DocumentId, seen[0]);
            Assert.DoesNotContain(question.DocumentId, seen[1]);
            Assert.NotEmpty(seen[1]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_measurement_that_ends_early_leaves_the_index_whole(bool cancelled)
    {
        await using ArticleLibrary library = await ArticleLibrary.OpenAsync(Set);
        string before = await library.DescribeAsync();
        using CancellationTokenSource source = new();
        int asked = 0;
        ScriptedGenerator generator = new((question, retrieved) =>
        {
            // The tenth question is asked while an article is left out.
            if (++asked == 10)
            {
                if (!cancelled)
                {
                    throw new InvalidOperationException("broken");
                }

                source.Cancel();
            }

            return Script(question, retrieved);
        });
        Task<AnswerMeasurement> measuring = AnswerEvaluator.MeasureAsync(library.Set, library.Pipeline(generator).AskAsync, library.Index, cancellationToken: source.Token);
        if (cancelled)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => measuring);
        }
        else
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => measuring);
        }

        Assert.Equal(10, asked);
        Assert.Equal(before, await library.DescribeAsync());
    }

    [Fact]
    public async Task Leaving_out_what_was_not_stored_is_the_callers_mistake()
    {
        await using ArticleLibrary library = await ArticleLibrary.OpenAsync(Set);
        await Assert.ThrowsAsync<ArgumentException>(() => library.Index.WithoutAsync("nothing.md", () => Task.CompletedTask));
        await library.Index.DeleteAsync(library.Set.Articles[0].FileName);
        await Assert.ThrowsAsync<ArgumentException>(() => library.Index.WithoutAsync(library.Set.Articles[0].FileName, () => Task.CompletedTask));
    }

    [Fact]
    public async Task Times_are_those_of_the_questions_after_the_warm_up()
    {
        await using ArticleLibrary library = await ArticleLibrary.OpenAsync(Set);
        SteppingTime time = new();
        int asked = 0;
        AnswerTimes times = await AnswerEvaluator.TimeAsync(
            library.Set,
            (question, _) =>
            {
                asked++;
                time.Now += TimeSpan.FromMilliseconds(asked <= 3 ? 10_000 : asked);
                return Task.FromResult(new Answer { Text = "", Generator = "", Refused = true, Citations = [], Retrieved = [] });
            },
            timeProvider: time);
        Assert.Equal(new AnswerTimes(5, TimeSpan.FromMilliseconds(6), TimeSpan.FromMilliseconds(8)), times);
    }

    private static ScriptedAnswer Script(string question, IReadOnlyList<RetrievedChunk> retrieved)
    {
        bool Sees(string words) => retrieved.Any(found => found.Chunk.Text.Contains(words, StringComparison.Ordinal));
        return question switch
        {
            "Which colour is the lamp?" => Sees("green") ? new("Green [1].", "The lamp by the door is green.") : new("red [1]", "lamp"),
            "When was the lamp bought?" => Sees("1989") ? new("long ago [1]", "in 1989–90") : new(null),
            "Where does the river end?" => Sees("Ouse") ? new("the cold hat [1]", "Ouse is long") : new(null),
            "How deep is the river?" => new("very [1]", "river"),
            _ => new(null),
        };
    }

    private static string Name(QuestionSetting setting) =>
        setting switch { QuestionSetting.Answerable => "answerable", QuestionSetting.Unanswerable => "unanswerable", _ => "left out" };

    private sealed class SteppingTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
