namespace Rag.Tokenizers.ChatTemplates;

/// <summary>One message of a conversation as a chat template sees it.</summary>
/// <param name="Role">Who speaks: "system", "user", "assistant", "tool", or what the model's template knows besides.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatTurn(string Role, string Content)
{
    /// <summary>What the assistant thought before; templates see it as "reasoning_content" and "thinking". Null (default) for none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The assistant's calls; templates see them as "tool_calls". Empty by default.</summary>
    public IReadOnlyList<ChatToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call that a tool's message answers; null (default) for none.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The tool that a message comes from; null (default) for none.</summary>
    public string? Name { get; init; }

    /// <summary>The message in transformers' form.</summary>
    /// <param name="callsHaveNoContent">Whether a message of calls without text has no content, or an empty one.</param>
    internal Dictionary<string, object?> ToTemplate(bool callsHaveNoContent)
    {
        Dictionary<string, object?> message = new() { ["role"] = Role, ["content"] = callsHaveNoContent && ToolCalls.Count > 0 && Content.Length == 0 ? null : Content };
        if (ToolCalls.Count > 0)
        {
            message["tool_calls"] = ToolCalls.Select(call => call.ToTemplate()).ToList();
        }

        if (Reasoning is not null)
        {
            message["reasoning_content"] = Reasoning;

            // gpt-oss takes either a text or a thought beside a call.
            if (ToolCalls.Count == 0 || Content.Length == 0)
            {
                message["thinking"] = Reasoning;
            }
        }

        if (ToolCallId is not null)
        {
            message["tool_call_id"] = ToolCallId;
        }

        if (Name is not null)
        {
            message["name"] = Name;
        }

        return message;
    }
}
