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
    IReadOnlyDictionary<string, double> Timings)
{
    public static AnswerJson From(Answer answer) => new(
        answer.Text,
        answer.Generator,
        answer.Refused,
        answer.Refused ? [] : [.. answer.Citations.Select(CitationJson.From)],
        [.. answer.Retrieved.Select(ResultJson.From)],
        UsageJson.From(answer.Usage),
        Seconds(answer.Timings));

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
