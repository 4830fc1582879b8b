namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>JSON between &lt;tool_call&gt; tags: Hermes, Qwen 2.5 and 3, QwQ, SmolLM 3, EXAONE 4, ERNIE 4.5.</summary>
internal sealed class HermesCalls : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<tool_call>", "</tool_call>") { Calls = JsonCalls.Read }];

    public bool Matches(string template) => template.Contains("<tool_call>", StringComparison.Ordinal);
}
