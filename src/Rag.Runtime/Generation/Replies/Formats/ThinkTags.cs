namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Reasoning between &lt;think&gt; tags: DeepSeek R1, Qwen 3, SmolLM 3, GLM, EXAONE, ERNIE, Granite; and tags around the answer where there are.</summary>
internal sealed class ThinkTags : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<think>", "</think>") { Place = BlockPlace.Line }];

    public IReadOnlyList<string> Frames { get; } = ["<response>", "</response>"];

    public bool Matches(string template) => template.Contains("</think>", StringComparison.Ordinal);
}
