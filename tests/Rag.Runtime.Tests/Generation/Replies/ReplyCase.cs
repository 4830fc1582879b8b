using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation.Replies;

namespace Rag.Runtime.Tests.Generation.Replies;

/// <summary>Runs replies through a parser and writes what comes out as one text: ⟨kind⟩content, calls as name and JSON.</summary>
internal static class ReplyCase
{
    public static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly ToolSet Tools = new(
    [
        Tool("get_weather", """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},"unit":{"type":"string"}},"required":["city"]}"""),
        Tool("search_docs", """{"type":"object","properties":{"query":{"type":"string"},"k":{"type":"integer"},"filters":{"type":"object"}}}"""),
    ]);

    public static AIFunctionDeclaration Tool(string name, string schema, string description = "") =>
        AIFunctionFactory.CreateDeclaration(name, description, JsonDocument.Parse(schema).RootElement.Clone());

    public static string Parse(ReplyForm form, IEnumerable<string> pieces, string promptEnd = "", ToolSet? tools = null)
    {
        IReplyParser parser = form.CreateParser(promptEnd, tools ?? Tools);
        ReplyContents contents = new();
        List<AIContent> all = [];
        foreach (string piece in pieces)
        {
            parser.Append(piece, contents);
            all.AddRange(contents.Take());
        }

        parser.Flush(contents);
        all.AddRange(contents.Take());
        return Text(all);
    }

    private static string Text(IEnumerable<AIContent> contents)
    {
        StringBuilder text = new();
        Type? last = null;
        foreach (AIContent content in contents)
        {
            switch (content)
            {
                case TextReasoningContent reasoning:
                    text.Append(last == typeof(TextReasoningContent) ? "" : "⟨thought⟩").Append(reasoning.Text);
                    break;
                case TextContent answer:
                    text.Append(last == typeof(TextContent) ? "" : "⟨answer⟩").Append(answer.Text);
                    break;
                case FunctionCallContent call:
                    text.Append("⟨call⟩").Append(call.Name).Append(JsonSerializer.Serialize(call.Arguments, Compact));
                    break;
            }

            last = content.GetType();
        }

        return text.ToString();
    }
}
