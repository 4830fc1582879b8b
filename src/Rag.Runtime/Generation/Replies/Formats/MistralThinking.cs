namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Reasoning of Magistral.</summary>
internal sealed class MistralThinking : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("[THINK]", "[/THINK]")];

    public bool Matches(string template) => template.Contains("[/THINK]", StringComparison.Ordinal);
}
