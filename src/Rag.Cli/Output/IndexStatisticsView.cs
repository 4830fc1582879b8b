using System.Globalization;
using Rag.Cli.Terminal;
using Rag.Index;
using Rag.Index.Maintenance;

namespace Rag.Cli.Output;

/// <summary>Shows what an index holds: a few lines, then a table that also reads as Markdown.</summary>
internal static class IndexStatisticsView
{
    public static void Show(Screen screen, IndexStatistics statistics)
    {
        screen.Styled("bold", SafeText.Line(statistics.Folder) + "\n");
        Line(screen, "format", string.Create(CultureInfo.InvariantCulture, $"version {statistics.FormatVersion}, {statistics.Generation:N0} commits"));
        Line(screen, "vectors", SafeText.Line(Embedding(statistics.Manifest)));
        Line(screen, "chunker", SafeText.Line(statistics.Manifest?.ChunkerFingerprint ?? "none"));
        Line(screen, "analyzer", SafeText.Line(statistics.Manifest?.AnalyzerFingerprint ?? "none"));
        Line(screen, "text", string.Create(
            CultureInfo.InvariantCulture, $"{statistics.Words:N0} words, {statistics.Terms:N0} different terms{(statistics.Waiting > 0 ? $", {statistics.Waiting:N0} chunks wait to be merged" : "")}"));
        Line(screen, "on disk", DownloadText.Size(statistics.DatabaseBytes) + (statistics.LogBytes > 0 ? $" and {DownloadText.Size(statistics.LogBytes)} of log" : ""));
        screen.Out.Write("\n");
        screen.Styled("bold", "| part      |     number |       size |\n");
        screen.Out.Write("|-----------|-----------:|-----------:|\n");
        foreach (IndexPart part in statistics.Parts)
        {
            screen.Out.Write(string.Create(CultureInfo.InvariantCulture, $"| {part.Name,-9} | {part.Rows,10:N0} | {DownloadText.Size(part.Bytes),10} |\n"));
        }
    }

    private static string Embedding(IndexManifest? manifest) => manifest?.Embedding is { } embedding
        ? string.Create(CultureInfo.InvariantCulture, $"{embedding.Dimensions} dimensions of {embedding.Model}")
        : "none";

    private static void Line(Screen screen, string name, string text) => screen.Out.Write($"{name,-10}{text}\n");
}
