namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Cohere's reasoning, and the markers around its answers (Command R7B and later).</summary>
internal sealed class CohereThinking : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<|START_THINKING|>", "<|END_THINKING|>")];

    public IReadOnlyList<string> Frames { get; } = ["<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>"];

    public bool Matches(string template) => template.Contains("<|START_THINKING|>", StringComparison.Ordinal);
}
