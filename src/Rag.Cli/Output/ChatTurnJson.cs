using System.Text.Json.Serialization;

namespace Rag.Cli.Output;

/// <summary>One turn of a conversation: the question and all that <c>rag ask --json</c> says of its answer.</summary>
internal sealed record ChatTurnJson : AnswerJson
{
    private ChatTurnJson(AnswerJson answer)
        : base(answer)
    {
    }

    [JsonPropertyOrder(-1)]
    public required string Question { get; init; }

    public static ChatTurnJson From(string question, AnswerJson answer) => new(answer) { Question = question };
}
