namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>GLM 4.5 and later: a name, then keys and values as tags.</summary>
internal sealed class ArgumentTags : IReplyFormat
{
    private const string Key = "<arg_key>";

    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new("<tool_call>", "</tool_call>") { Calls = Read }];

    public IReadOnlyList<string> Marks { get; } = [Key, "</arg_key>", "<arg_value>", "</arg_value>"];

    public bool Matches(string template) => template.Contains(Key, StringComparison.Ordinal);

    private static List<ToolCall>? Read(string text, ToolSet tools)
    {
        int first = text.IndexOf(Key, StringComparison.Ordinal);
        string name = (first < 0 ? text : text[..first]).Trim();
        if (!tools.Offers(name))
        {
            return null;
        }

        Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
        ReadOnlySpan<char> rest = first < 0 ? "" : text.AsSpan(first);
        while (!rest.IsWhiteSpace())
        {
            if (!TagCalls.Take(ref rest, Key) || !TagCalls.Cut(ref rest, "</arg_key>", out string key)
                || !TagCalls.Take(ref rest, "<arg_value>") || !TagCalls.Cut(ref rest, "</arg_value>", out string value))
            {
                return null;
            }

            arguments[key.Trim()] = TagCalls.Value(value, tools.IsText(name, key.Trim()));
        }

        return [new ToolCall(name, arguments)];
    }
}
