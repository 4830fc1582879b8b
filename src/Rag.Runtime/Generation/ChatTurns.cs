using Microsoft.Extensions.AI;
using Rag.Tokenizers.ChatTemplates;

namespace Rag.Runtime.Generation;

/// <summary>Messages as the chat template sees them.</summary>
internal static class ChatTurns
{
    /// <summary>Converts messages; instructions come first, as a system message.</summary>
    /// <exception cref="UnsupportedException">A message holds something other than text.</exception>
    public static List<ChatTurn> From(IReadOnlyList<ChatMessage> messages, string? instructions)
    {
        List<ChatTurn> turns = [];
        if (!string.IsNullOrEmpty(instructions))
        {
            turns.Add(new ChatTurn(ChatRole.System.Value, instructions));
        }

        foreach (ChatMessage message in messages)
        {
            ArgumentNullException.ThrowIfNull(message);
            if (message.Contents.FirstOrDefault(content => content is not (TextContent or TextReasoningContent or UsageContent)) is { } other)
            {
                throw new UnsupportedException($"A message holds {other.GetType().Name}; the local model takes text alone.", message.Role.Value);
            }

            // What the model thought aloud in an earlier turn is no part of the conversation.
            turns.Add(new ChatTurn(message.Role.Value, message.Text));
        }

        return turns.Count > 0 ? turns : throw new ArgumentException("There is no message to answer.", nameof(messages));
    }
}
