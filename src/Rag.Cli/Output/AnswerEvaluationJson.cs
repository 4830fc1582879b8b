using Rag.Evaluation.Answers;
using Rag.Evaluation.Articles;
using Rag.Ingestion;

namespace Rag.Cli.Output;

/// <summary>One row of <c>rag eval answers --json</c>.</summary>
internal sealed record AnswerEvaluationJson
{
    public required string Collection { get; init; }

    public required int Articles { get; init; }

    public required int Chunks { get; init; }

    public required double IngestSeconds { get; init; }

    public required string EmbeddingModel { get; init; }

    public required string Retriever { get; init; }

    public required bool Reranked { get; init; }

    public required int Questions { get; init; }

    public required double ExactMatch { get; init; }

    public required double F1 { get; init; }

    public required double QuoteHolds { get; init; }

    public required double QuotesPerAnswer { get; init; }

    public required double RetrievedHolds { get; init; }

    public required double? PressedExactMatch { get; init; }

    public required double? PressedF1 { get; init; }

    public required double? PressedQuoteHolds { get; init; }

    public required double WronglyRefused { get; init; }

    public required double RefusedWithoutArticle { get; init; }

    public required int Unanswerable { get; init; }

    public required double? RefusedUnanswerable { get; init; }

    public required IReadOnlyList<RefusalPointJson> RefusalCurve { get; init; }

    public required int TimedQuestions { get; init; }

    public required double MedianMilliseconds { get; init; }

    public required double Percentile95Milliseconds { get; init; }

    public static AnswerEvaluationJson From(
        ArticleSet set, IngestionResult ingested, string embeddingModel, string retriever, bool reranked, AnswerFigures figures, AnswerTimes times) => new()
        {
            Collection = set.Name,
            Articles = set.Articles.Count,
            Chunks = ingested.Chunks,
            IngestSeconds = Math.Round(ingested.Elapsed.TotalSeconds, 1),
            EmbeddingModel = embeddingModel,
            Retriever = retriever,
            Reranked = reranked,
            Questions = figures.Questions,
            ExactMatch = Math.Round(figures.ExactMatch, 4),
            F1 = Math.Round(figures.F1, 4),
            QuoteHolds = Math.Round(figures.QuoteHolds, 4),
            QuotesPerAnswer = Math.Round(figures.QuotesPerAnswer, 2),
            RetrievedHolds = Math.Round(figures.RetrievedHolds, 4),
            PressedExactMatch = Rounded(figures.PressedExactMatch),
            PressedF1 = Rounded(figures.PressedF1),
            PressedQuoteHolds = Rounded(figures.PressedQuoteHolds),
            WronglyRefused = Math.Round(figures.WronglyRefused, 4),
            RefusedWithoutArticle = Math.Round(figures.RefusedWithoutArticle, 4),
            Unanswerable = figures.Unanswerable,
            RefusedUnanswerable = Rounded(figures.RefusedUnanswerable),
            RefusalCurve = [.. figures.RefusalCurve.Select(RefusalPointJson.From)],
            TimedQuestions = times.Questions,
            MedianMilliseconds = Math.Round(times.Median.TotalMilliseconds, 1),
            Percentile95Milliseconds = Math.Round(times.Percentile95.TotalMilliseconds, 1),
        };

    private static double? Rounded(double? share) => share is { } value ? Math.Round(value, 4) : null;
}
