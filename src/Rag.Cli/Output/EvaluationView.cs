using System.Globalization;
using Rag.Cli.Terminal;

namespace Rag.Cli.Output;

/// <summary>Shows figures as a table that also reads as Markdown.</summary>
internal static class EvaluationView
{
    public static void Show(Screen screen, IReadOnlyList<EvaluationJson> rows)
    {
        int width = Math.Max(10, rows.Max(row => SafeText.Line(row.Collection).Length));
        screen.Styled("bold", $"| {"collection".PadRight(width)} | documents | queries | retriever | nDCG@10 | recall@100 | MRR@10 |\n");
        screen.Out.Write($"|{new string('-', width + 2)}|----------:|--------:|-----------|--------:|-----------:|-------:|\n");
        foreach (EvaluationJson row in rows)
        {
            screen.Out.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"| {SafeText.Line(row.Collection).PadRight(width)} | {row.Documents,9} | {row.Queries,7} | {row.Retriever,-9} | {row.Ndcg10,7:F4} | {row.Recall100,10:F4} | {row.Mrr10,6:F4} |\n"));
        }
    }
}
