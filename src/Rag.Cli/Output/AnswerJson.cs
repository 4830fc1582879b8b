using System.Text.Json.Serialization;
using Rag.Answering;

namespace Rag.Cli.Output;

/// <summary>What <c>rag ask --json</c> prints. Timings are seconds by step.</summary>
internal record AnswerJson(
    string Answer,
    string Generator,
    bool Refused,
    IReadOnlyList<CitationJson> Citations,
    IReadOnlyList<ResultJson> Retrieved,
    UsageJson? Usage,
    IReadOnlyDictionary<string, double> Timings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Confidence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note)
{
    public static AnswerJson From(Answer answer) => new(
        answer.Text,
        answer.Generator,
        answer.Refused,
        answer.Refused ? [] : [.. answer.Citations.Select(CitationJson.From)],
        [.. answer.Retrieved.Select(ResultJson.From)],
        UsageJson.From(answer.Usage),
        Seconds(answer.Timings),
        answer.Confidence is { } confidence ? Math.Round(confidence, 2) : null,
        answer.Note);

    private static OrderedDictionary<string, double> Seconds(IReadOnlyList<KeyValuePair<string, TimeSpan>> timings)
    {
        var seconds = new OrderedDictionary<string, double>();
        foreach ((string step, TimeSpan duration) in timings)
        {
            seconds[step] = seconds.GetValueOrDefault(step) + duration.TotalSeconds;
        }

        return seconds;
    }
}
