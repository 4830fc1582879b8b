namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Llama 3.1 and later: a JSON object that is the whole reply, or stands behind &lt;|python_tag|&gt;.</summary>
internal sealed class LlamaCalls : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } =
    [
        new("<|python_tag|>", null) { Calls = JsonCalls.Read },
        new("{", null) { Calls = JsonCalls.Read, KeepsStart = true, Place = BlockPlace.Reply },
    ];

    public bool Matches(string template) =>
        template.Contains("<|start_header_id|>", StringComparison.Ordinal) && template.Contains("\"parameters\"", StringComparison.Ordinal);
}
