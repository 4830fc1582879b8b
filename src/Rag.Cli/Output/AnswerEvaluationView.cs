using System.Globalization;
using Rag.Cli.Terminal;

namespace Rag.Cli.Output;

/// <summary>Shows figures as a table that also reads as Markdown, and below it what they were measured on.</summary>
internal static class AnswerEvaluationView
{
    private const double ShownLevel = .1;

    public static void Show(Screen screen, IReadOnlyList<AnswerEvaluationJson> rows)
    {
        int width = Math.Max(10, rows.Max(row => SafeText.Line(row.Collection).Length));
        screen.Styled("bold", $"| {"collection".PadRight(width)} | retriever        | exact |   F1  | quote | top 5 | wrongly refused | refused without article | at 10 % | unanswerable refused | median ms | 95 % ms |\n");
        screen.Out.Write($"|{new string('-', width + 2)}|------------------|------:|------:|------:|------:|----------------:|------------------------:|--------:|---------------------:|----------:|--------:|\n");
        foreach (AnswerEvaluationJson row in rows)
        {
            RefusalPointJson? point = row.RefusalCurve.FirstOrDefault(point => point.Allowed == ShownLevel);
            screen.Out.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"| {SafeText.Line(row.Collection).PadRight(width)} | {row.Retriever + (row.Reranked ? ", reranked" : ""),-16} | {row.ExactMatch,5:F3} | {row.F1,5:F3} | {row.QuoteHolds,5:F3} | {row.RetrievedHolds,5:F3} | {row.WronglyRefused,15:F3} | {row.RefusedWithoutArticle,23:F3} | {Share(point?.RefusedWithoutArticle),7} | {Share(row.RefusedUnanswerable),20} | {row.MedianMilliseconds,9:F0} | {row.Percentile95Milliseconds,7:F0} |\n"));
        }

        screen.Out.Write("\n");
        foreach (AnswerEvaluationJson row in rows.DistinctBy(row => row.Collection))
        {
            string unanswerable = row.Unanswerable == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {row.Unanswerable} that their article does not answer");
            screen.Out.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{SafeText.Line(row.Collection)}: {row.Questions} questions{unanswerable}; {row.Articles} articles, {row.Chunks} chunks with {SafeText.Line(row.EmbeddingModel)}, stored in {row.IngestSeconds:F1} s; times over {row.TimedQuestions} questions.\n"));
        }
    }

    private static string Share(double? share) => share?.ToString("F3", CultureInfo.InvariantCulture) ?? "–";
}
