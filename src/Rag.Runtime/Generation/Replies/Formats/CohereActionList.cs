namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Command R and R+ of 2024: "Action:" and a fenced JSON list.</summary>
internal sealed class CohereActionList : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("Action: ```json", "```") { Calls = JsonCalls.Read, Place = BlockPlace.Line }];

    public bool Matches(string template) =>
        template.Contains("Action:", StringComparison.Ordinal) && template.Contains("<|CHATBOT_TOKEN|>", StringComparison.Ordinal);
}
