namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Qwen 3 Coder and 3.5: a function with its parameters as tags.</summary>
internal sealed class FunctionTags : IReplyFormat
{
    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<tool_call>", "</tool_call>") { Calls = Read }];

    public bool Matches(string template) => template.Contains("<function=", StringComparison.Ordinal) && template.Contains("<tool_call>", StringComparison.Ordinal);

    private static List<ToolCall>? Read(string text, ToolSet tools)
    {
        List<ToolCall> calls = [];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsWhiteSpace())
        {
            if (!TagCalls.Take(ref rest, "<function=") || !TagCalls.Cut(ref rest, ">", out string name) || !tools.Offers(name))
            {
                return null;
            }

            Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
            while (TagCalls.Take(ref rest, "<parameter="))
            {
                if (!TagCalls.Cut(ref rest, ">", out string key) || !TagCalls.Cut(ref rest, "</parameter>", out string value))
                {
                    return null;
                }

                arguments[key] = TagCalls.Value(Inner(value), tools.IsText(name, key));
            }

            if (!TagCalls.Take(ref rest, "</function>"))
            {
                return null;
            }

            calls.Add(new ToolCall(name, arguments));
        }

        return calls;
    }

    // The value stands on lines of its own.
    private static string Inner(string value)
    {
        ReadOnlySpan<char> inner = value;
        inner = inner is ['\n', ..] ? inner[1..] : inner;
        return (inner is [.., '\n'] ? inner[..^1] : inner).ToString();
    }
}
