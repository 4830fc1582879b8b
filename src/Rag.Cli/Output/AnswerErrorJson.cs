using Rag.Evaluation.Answers;

namespace Rag.Cli.Output;

/// <summary>One line of <c>rag eval answers --errors FILE</c>: a question that was not answered as it should have been.</summary>
internal sealed record AnswerErrorJson
{
    public required string Collection { get; init; }

    /// <summary>How was retrieved, such as "hybrid, reranked".</summary>
    public required string Retriever { get; init; }

    public required string Id { get; init; }

    /// <summary>"answerable", "articleLeftOut" or "unanswerable".</summary>
    public required string Setting { get; init; }

    public required string Question { get; init; }

    public required IReadOnlyList<string> Gold { get; init; }

    public required string? GoldSentence { get; init; }

    public required string GoldDocument { get; init; }

    /// <summary>Place of the gold answer among what was retrieved, from 1; null where it is not there.</summary>
    public required int? GoldRank { get; init; }

    public required bool Refused { get; init; }

    public required string Answer { get; init; }

    public required double F1 { get; init; }

    public required bool QuoteHolds { get; init; }

    public required double? Confidence { get; init; }

    public required IReadOnlyList<CitationJson> Citations { get; init; }

    public static AnswerErrorJson From(string collection, string retriever, AnswerOutcome outcome)
    {
        string setting = outcome.Setting.ToString();
        return new AnswerErrorJson
        {
            Collection = collection,
            Retriever = retriever,
            Id = outcome.Question.Question.Id,
            Setting = char.ToLowerInvariant(setting[0]) + setting[1..],
            Question = outcome.Question.Question.Text,
            Gold = [.. outcome.Question.Answers.Distinct(StringComparer.Ordinal)],
            GoldSentence = outcome.Question.FindGoldSentence(),
            GoldDocument = outcome.Question.DocumentId,
            GoldRank = outcome.Rank,
            Refused = outcome.Refused,
            Answer = outcome.Text,
            F1 = Math.Round(outcome.F1, 4),
            QuoteHolds = outcome.QuoteHolds,
            Confidence = outcome.Confidence is { } confidence && double.IsFinite(confidence) ? Math.Round(confidence, 4) : null,
            Citations = [.. outcome.Citations.Select(CitationJson.From)],
        };
    }
}
