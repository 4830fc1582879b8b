namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Command R7B and later: a JSON list between action markers.</summary>
internal sealed class CohereActions : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<|START_ACTION|>", "<|END_ACTION|>") { Calls = JsonCalls.Read }];

    public bool Matches(string template) => template.Contains("<|START_ACTION|>", StringComparison.Ordinal);
}
