namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>DeepSeek V4: tags marked with ｜DSML｜, each parameter saying whether it is a text.</summary>
internal sealed class DeepSeekTags : IReplyFormat
{
    private const string Mark = "｜DSML｜";
    private const string Quote = "\"";

    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new($"<{Mark}tool_calls>", $"</{Mark}tool_calls>") { Calls = Read }];

    public IReadOnlyList<string> Marks { get; } = [Mark];

    public bool Matches(string template) => template.Contains(Mark, StringComparison.Ordinal);

    private static List<ToolCall>? Read(string text, ToolSet tools)
    {
        List<ToolCall> calls = [];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsWhiteSpace())
        {
            if (!TagCalls.Take(ref rest, $"<{Mark}invoke name=\"") || !TagCalls.Cut(ref rest, Quote, out string name) || !TagCalls.Take(ref rest, ">") || !tools.Offers(name))
            {
                return null;
            }

            Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
            while (TagCalls.Take(ref rest, $"<{Mark}parameter name=\""))
            {
                if (!TagCalls.Cut(ref rest, Quote, out string key) || !TagCalls.Take(ref rest, "string=\"") || !TagCalls.Cut(ref rest, Quote, out string isText)
                    || !TagCalls.Take(ref rest, ">") || !TagCalls.Cut(ref rest, $"</{Mark}parameter>", out string value))
                {
                    return null;
                }

                arguments[key] = TagCalls.Value(value, isText == "true" ? true : null);
            }

            if (!TagCalls.Take(ref rest, $"</{Mark}invoke>"))
            {
                return null;
            }

            calls.Add(new ToolCall(name, arguments));
        }

        return calls;
    }
}
