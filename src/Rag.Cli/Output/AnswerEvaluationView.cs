using System.Globalization;
using Rag.Cli.Terminal;

namespace Rag.Cli.Output;

/// <summary>Shows figures as a table that also reads as Markdown, and below it what they were measured on.</summary>
internal static class AnswerEvaluationView
{
    private const double ShownLevel = .1;

    private const string Legend =
        """

        exact, F1: the answer's text against those accepted; a refusal counts 0, and F1 (all) is where nothing may be refused. quote: a cited quote holds one
        (all: likewise; quotes: how many an answer has). top 5: a chunk among the
        first five does. refused: of the answerable. left out: refused while their article was left out; at 10 %: where the threshold refuses no more
        of the answerable than that. no answer: refused where their article is there and does not answer. median, 95 %: milliseconds per question.


        """;

    public static void Show(Screen screen, IReadOnlyList<AnswerEvaluationJson> rows)
    {
        int width = Math.Max(10, rows.Max(row => SafeText.Line(row.Collection).Length));
        screen.Styled("bold", $"| {"collection".PadRight(width)} | retriever        | exact |   F1  | F1 (all) | quote | quote (all) | quotes | top 5 | refused | left out | at 10 % | no answer | median |  95 % |\n");
        screen.Out.Write($"|{new string('-', width + 2)}|------------------|------:|------:|---------:|------:|------------:|-------:|------:|--------:|---------:|--------:|----------:|-------:|------:|\n");
        foreach (AnswerEvaluationJson row in rows)
        {
            RefusalPointJson? point = row.RefusalCurve.FirstOrDefault(point => point.Allowed == ShownLevel);
            screen.Out.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"| {SafeText.Line(row.Collection).PadRight(width)} | {row.Retriever + (row.Reranked ? ", reranked" : ""),-16} | {row.ExactMatch,5:F3} | {row.F1,5:F3} | {Share(row.PressedF1),8} | {row.QuoteHolds,5:F3} | {Share(row.PressedQuoteHolds),11} | {row.QuotesPerAnswer,6:F1} | {row.RetrievedHolds,5:F3} | {row.WronglyRefused,7:F3} | {row.RefusedWithoutArticle,8:F3} | {Share(point?.RefusedWithoutArticle),7} | {Share(row.RefusedUnanswerable),9} | {row.MedianMilliseconds,6:F0} | {row.Percentile95Milliseconds,5:F0} |\n"));
        }

        screen.Out.Write(Legend.ReplaceLineEndings("\n"));
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
