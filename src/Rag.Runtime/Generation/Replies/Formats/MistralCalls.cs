namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Mistral: [TOOL_CALLS] and a JSON list, or since 2025 a name, [ARGS] and an object for each call.</summary>
internal sealed class MistralCalls : IReplyFormat
{
    private const string Start = "[TOOL_CALLS]";
    private const string Arguments = "[ARGS]";
    private const string CallId = "[CALL_ID]";

    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new(Start, null) { Calls = Read }];

    public IReadOnlyList<string> Marks { get; } = [Arguments, CallId];

    public bool Matches(string template) => template.Contains(Start, StringComparison.Ordinal);

    private static IReadOnlyList<ToolCall>? Read(string text, ToolSet tools)
    {
        if (!text.Contains(Arguments, StringComparison.Ordinal) || text.AsSpan().TrimStart() is ['[' or '{', ..])
        {
            return JsonCalls.Read(text.Replace(Start, " ", StringComparison.Ordinal), tools);
        }

        List<ToolCall> calls = [];
        foreach (string part in text.Split(Start, StringSplitOptions.RemoveEmptyEntries))
        {
            int at = part.IndexOf(Arguments, StringComparison.Ordinal);
            string[] head = at < 0 ? [] : part[..at].Split(CallId);
            if (head.Length is not (1 or 2) || !tools.Offers(head[0].Trim()) || JsonCalls.ReadArguments(part[(at + Arguments.Length)..]) is not { } arguments)
            {
                return null;
            }

            calls.Add(new ToolCall(head[0].Trim(), arguments) { Id = head.Length == 2 ? ToolCall.OwnId(head[1].Trim()) : null });
        }

        return calls;
    }
}
