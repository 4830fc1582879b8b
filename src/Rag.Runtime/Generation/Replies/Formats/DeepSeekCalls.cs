namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>DeepSeek V3 and R1: calls between special tokens, a name and fenced JSON each, since V3.1 bare JSON.</summary>
internal sealed class DeepSeekCalls : IReplyFormat
{
    private const string Start = "<｜tool▁calls▁begin｜>";
    private const string End = "<｜tool▁calls▁end｜>";
    private const string CallStart = "<｜tool▁call▁begin｜>";
    private const string CallEnd = "<｜tool▁call▁end｜>";
    private const string Separator = "<｜tool▁sep｜>";

    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new(Start, End) { Calls = Read }];

    public IReadOnlyList<string> Marks { get; } = [CallStart, CallEnd, Separator];

    public bool Matches(string template) => template.Contains(Start, StringComparison.Ordinal);

    private static List<ToolCall>? Read(string text, ToolSet tools)
    {
        List<ToolCall> calls = [];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsWhiteSpace())
        {
            if (!TagCalls.Take(ref rest, CallStart) || !TagCalls.Cut(ref rest, CallEnd, out string call))
            {
                return null;
            }

            ReadOnlySpan<char> inner = call;
            if (!TagCalls.Cut(ref inner, Separator, out string first))
            {
                return null;
            }

            string name = first.Trim();
            if (name == "function" && TagCalls.Cut(ref inner, "```json", out string named))
            {
                name = named.Trim();
                if (!TagCalls.Cut(ref inner, "```", out string json) || !inner.IsWhiteSpace())
                {
                    return null;
                }

                inner = json;
            }

            if (!tools.Offers(name) || JsonCalls.ReadArguments(inner.ToString()) is not { } arguments)
            {
                return null;
            }

            calls.Add(new ToolCall(name, arguments));
        }

        return calls;
    }
}
