using Rag.Answering;
using Rag.Evaluation.Articles;

namespace Rag.Evaluation.Answers;

/// <summary>What became of one question.</summary>
public sealed record AnswerOutcome
{
    /// <summary>The question.</summary>
    public required ArticleQuestion Question { get; init; }

    /// <summary>Under which circumstances it was asked.</summary>
    public required QuestionSetting Setting { get; init; }

    /// <summary>Whether the answer was that the documents do not answer.</summary>
    public required bool Refused { get; init; }

    /// <summary>The answer's text without references; empty where refused.</summary>
    public required string Text { get; init; }

    /// <summary>The answer's citations.</summary>
    public required IReadOnlyList<Citation> Citations { get; init; }

    /// <summary>See <see cref="Answer.Confidence"/>.</summary>
    public double? Confidence { get; init; }

    /// <summary>1 where the text is an accepted answer, else 0; 0 where refused or there is none.</summary>
    public double ExactMatch { get; init; }

    /// <summary>How much of the text is an accepted answer; 0 where refused or there is none.</summary>
    public double F1 { get; init; }

    /// <summary>Whether a quote holds an accepted answer: in the normal form of both, or word for word, as whole words.</summary>
    public bool QuoteHolds { get; init; }

    /// <summary>Place, from 1, of the first retrieved chunk of the question's own article that holds an accepted answer; null where none does.</summary>
    public int? Rank { get; init; }

    /// <summary>
    /// Whether it was not answered as it should have been: no exact match, or an answer where to refuse was right. A pressed question
    /// is none: it is an answerable one asked again.
    /// </summary>
    public bool IsWrong => Setting == QuestionSetting.Answerable ? ExactMatch == 0 : Setting != QuestionSetting.Pressed && !Refused;

    /// <summary>Compares an answer with those accepted.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="setting">Under which circumstances.</param>
    /// <param name="answer">What was answered.</param>
    public static AnswerOutcome From(ArticleQuestion question, QuestionSetting setting, Answer answer)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(answer);
        var form = AnswerForm.For(question.Paragraph.Text);
        string[] golds = [.. question.Answers];
        string text = answer.Refused ? "" : References.Remove(answer.Text).Trim();
        int holds = 0;
        for (int i = 0; i < answer.Retrieved.Count && holds == 0; i++)
        {
            Chunks.Chunk chunk = answer.Retrieved[i].Chunk;
            holds = chunk.DocumentId == question.DocumentId && form.Holds(chunk.Text, golds) ? i + 1 : 0;
        }

        return new AnswerOutcome
        {
            Question = question,
            Setting = setting,
            Refused = answer.Refused,
            Text = text,
            Citations = answer.Citations,
            Confidence = answer.Confidence,
            ExactMatch = answer.Refused ? 0 : form.ExactMatch(text, golds),
            F1 = answer.Refused ? 0 : form.F1(text, golds),
            QuoteHolds = answer.Citations.Any(citation => form.Holds(citation.Quote, golds)),
            Rank = holds == 0 ? null : holds,
        };
    }
}
