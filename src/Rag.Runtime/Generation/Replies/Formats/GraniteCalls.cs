namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Granite: a JSON list behind &lt;|tool_call|&gt;.</summary>
internal sealed class GraniteCalls : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<|tool_call|>", null) { Calls = JsonCalls.Read }];

    public bool Matches(string template) => template.Contains("<|tool_call|>", StringComparison.Ordinal);
}
