namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Reasoning of Gemma 4.</summary>
internal sealed class GemmaThinking : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<|channel>thought", "<channel|>")];

    public bool Matches(string template) => template.Contains("<|channel>thought", StringComparison.Ordinal);
}
