using System.Text.Json;
using Rag.Tests.Support;

namespace Rag.Index.Tests.Support;

/// <summary>Reads shared/fixtures/metrics.</summary>
internal static class MetricFixtures
{
    public static JsonElement Json(string name) => JsonDocument.Parse(File.ReadAllText(SharedData.Require("fixtures", "metrics", name))).RootElement;

    public static IEnumerable<JsonElement> Lines(string name) =>
        File.ReadLines(SharedData.Require("fixtures", "metrics", name)).Select(line => JsonDocument.Parse(line).RootElement);

    public static string[] StopWords() => Strings(Json("bm25_summary.json").GetProperty("stop_words"));

    public static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    public static PatternAnalyzer Analyzer(bool stop = true, bool stem = true) => new("[a-z0-9]+", stop ? StopWords() : [], stem);
}
