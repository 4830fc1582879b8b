using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Runtime.Generation.Replies;
using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Generation;

/// <summary>Messages as the chat template sees them.</summary>
internal static class ChatTurns
{
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Converts messages; instructions come first, as a system message.</summary>
    /// <exception cref="UnsupportedException">A message holds something other than text, reasoning, calls and their results.</exception>
    public static List<ChatTurn> From(IReadOnlyList<ChatMessage> messages, string? instructions)
    {
        List<ChatTurn> turns = [];
        if (!string.IsNullOrEmpty(instructions))
        {
            turns.Add(new ChatTurn(ChatRole.System.Value, instructions));
        }

        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach (ChatMessage message in messages)
        {
            ArgumentNullException.ThrowIfNull(message);
            if (message.Contents.FirstOrDefault(content => content is not (TextContent or TextReasoningContent or UsageContent or Sampling.LogProbabilityContent or FunctionCallContent or FunctionResultContent)) is { } other)
            {
                throw new UnsupportedException($"A message holds {other.GetType().Name}; the local model takes text, calls and their results alone.", message.Role.Value);
            }

            List<ChatToolCall> calls = [.. message.Contents.OfType<FunctionCallContent>().Select(Call)];
            calls.ForEach(call => names[call.Id] = call.Name);
            foreach (FunctionResultContent result in message.Contents.OfType<FunctionResultContent>())
            {
                turns.Add(new ChatTurn(ChatRole.Tool.Value, Text(result)) { ToolCallId = result.CallId, Name = names.GetValueOrDefault(result.CallId) });
            }

            if (message.Text.Length > 0 || calls.Count > 0 || !message.Contents.OfType<FunctionResultContent>().Any())
            {
                string reasoning = string.Concat(message.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
                turns.Add(new ChatTurn(message.Role.Value, message.Text) { Reasoning = reasoning.Length > 0 ? reasoning : null, ToolCalls = calls });
            }
        }

        return turns.Count > 0 ? turns : throw new ArgumentException("There is no message to answer.", nameof(messages));
    }

    private static ChatToolCall Call(FunctionCallContent call) => new(
        call.CallId,
        call.Name,
        TemplateJsonValue.Of(JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(), Compact)) as Dictionary<string, object?> ?? []);

    private static string Text(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception is null ? string.Empty : $"Error: {result.Exception.Message}",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } value => JsonSerializer.Serialize(value, Compact),
    };
}
