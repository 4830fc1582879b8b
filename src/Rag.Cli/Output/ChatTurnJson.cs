namespace Rag.Cli.Output;

/// <summary>One turn of a conversation: the question and all that <c>rag ask --json</c> says of its answer.</summary>
internal sealed record ChatTurnJson(
    string Question,
    string Answer,
    string Generator,
    bool Refused,
    IReadOnlyList<CitationJson> Citations,
    IReadOnlyList<ResultJson> Retrieved,
    UsageJson? Usage,
    IReadOnlyDictionary<string, double> Timings)
{
    public static ChatTurnJson From(string question, AnswerJson answer) => new(
        question, answer.Answer, answer.Generator, answer.Refused, answer.Citations, answer.Retrieved, answer.Usage, answer.Timings);
}
