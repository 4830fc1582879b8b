namespace Rag.Tokenizers.ChatTemplates;

/// <summary>A call of a tool as a chat template sees it.</summary>
/// <param name="Id">Names the call; the tool's message refers to it.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">By name: null, bool, numbers, strings, lists and dictionaries.</param>
public sealed record ChatToolCall(string Id, string Name, IReadOnlyDictionary<string, object?> Arguments)
{
    /// <summary>The call in transformers' form.</summary>
    internal Dictionary<string, object?> ToTemplate() => new()
    {
        ["id"] = Id,
        ["type"] = "function",
        ["function"] = new Dictionary<string, object?> { ["name"] = Name, ["arguments"] = Arguments },
    };
}
