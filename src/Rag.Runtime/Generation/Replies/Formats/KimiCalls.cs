using System.Globalization;

namespace Rag.Runtime.Generation.Replies.Formats;

/// <summary>Kimi K2: a section of calls, each with an id "functions.name:number" and JSON.</summary>
internal sealed class KimiCalls : IReplyFormat
{
    private const string Start = "<|tool_calls_section_begin|>";
    private const string End = "<|tool_calls_section_end|>";
    private const string CallStart = "<|tool_call_begin|>";
    private const string CallEnd = "<|tool_call_end|>";
    private const string Arguments = "<|tool_call_argument_begin|>";
    private const string Functions = "functions.";

    public IReadOnlyList<ReplyBlock> Blocks { get; } = [new(Start, End) { Calls = Read }];

    public IReadOnlyList<string> Marks { get; } = [CallStart, CallEnd, Arguments];

    public bool Matches(string template) => template.Contains(Start, StringComparison.Ordinal);

    private static List<ToolCall>? Read(string text, ToolSet tools)
    {
        List<ToolCall> calls = [];
        ReadOnlySpan<char> rest = text;
        while (!rest.IsWhiteSpace())
        {
            if (!TagCalls.Take(ref rest, CallStart) || !TagCalls.Cut(ref rest, Arguments, out string id) || !TagCalls.Cut(ref rest, CallEnd, out string json)
                || NameOf(id.Trim()) is not { } name || !tools.Offers(name) || JsonCalls.ReadArguments(json) is not { } arguments)
            {
                return null;
            }

            calls.Add(new ToolCall(name, arguments) { Id = id.Trim() });
        }

        return calls;
    }

    private static string? NameOf(string id)
    {
        int colon = id.LastIndexOf(':');
        return id.StartsWith(Functions, StringComparison.Ordinal) && colon > Functions.Length && int.TryParse(id.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? id[Functions.Length..colon]
            : null;
    }
}
