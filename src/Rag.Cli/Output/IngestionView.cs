using System.Globalization;
using Rag.Cli.Terminal;
using Rag.Ingestion;

namespace Rag.Cli.Output;

/// <summary>Shows to a person what an ingest did.</summary>
internal static class IngestionView
{
    /// <summary>The result of <c>rag ingest</c>, on standard output; failures, one line each, on standard error.</summary>
    public static void Show(Screen screen, IngestionResult result, string indexFolder)
    {
        ShowFailures(screen, result.Failed);
        screen.Out.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Added} added, {result.Updated} updated, {result.Unchanged} unchanged, {result.Removed} removed, {result.Failed.Count} failed\n"));
        screen.Out.Write(string.Create(
            CultureInfo.InvariantCulture, $"{Count(result.Chunks, "chunk")} in {SafeText.Line(indexFolder)}, {result.Embedded:N0} embedded, after {result.Elapsed.TotalSeconds:F1} s\n"));
        screen.Out.Flush();
    }

    /// <summary>What changed before a question could be answered, one line on standard error; nothing where nothing did.</summary>
    public static void ShowBrief(Screen screen, IngestionResult result)
    {
        if (result.Added + result.Updated + result.Removed > 0)
        {
            screen.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"Brought the index up to date: {result.Added} added, {result.Updated} updated, {result.Removed} removed, {Count(result.Chunks, "chunk")}."));
        }

        if (result.Failed.Count > 0)
        {
            string first = Sentence(result.Failed[0]);
            screen.Note(result.Failed.Count == 1
                ? $"1 file was left out. {first}"
                : string.Create(CultureInfo.InvariantCulture, $"{result.Failed.Count} files were left out, 'rag ingest' lists them. The first is {first}"));
        }
    }

    /// <summary>A number and its noun.</summary>
    public static string Count(int number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");

    /// <summary>Documents that could not be read, one line each on standard error.</summary>
    public static void ShowFailures(Screen screen, IReadOnlyList<IngestionFailure> failures)
    {
        foreach (IngestionFailure failure in failures)
        {
            screen.Note($"left out: {Sentence(failure)}");
        }
    }

    // Most errors name their document themselves.
    private static string Sentence(IngestionFailure failure) =>
        failure.Error.Contains(failure.Document, StringComparison.Ordinal) ? failure.Error : $"{failure.Document}: {failure.Error}";
}
