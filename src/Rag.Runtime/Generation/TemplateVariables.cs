using Microsoft.Extensions.AI;
using Rag.Runtime.Generation.Replies;

namespace Rag.Runtime.Generation;

/// <summary>What a request tells the chat template beside its messages.</summary>
internal static class TemplateVariables
{
    /// <summary>The tools, and whether and how long to think under the names that templates have for it.</summary>
    public static Dictionary<string, object?> Of(ChatOptions? options, ToolSet tools)
    {
        Dictionary<string, object?> variables = [];
        if (!tools.IsEmpty)
        {
            variables["tools"] = tools.ToTemplate();
        }

        if (options?.Reasoning?.Effort is { } effort)
        {
            bool thinks = effort != ReasoningEffort.None;
            variables["enable_thinking"] = thinks;
            variables["thinking"] = thinks;
            if (thinks)
            {
                variables["reasoning_effort"] = effort switch
                {
                    ReasoningEffort.Low => "low",
                    ReasoningEffort.Medium => "medium",
                    _ => "high",
                };
            }
        }

        return variables;
    }
}
