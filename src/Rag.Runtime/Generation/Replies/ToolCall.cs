namespace Rag.Runtime.Generation.Replies;

/// <summary>A call as a model wrote it.</summary>
/// <param name="Name">The tool's.</param>
/// <param name="Arguments">By name: what the tool's schema says, else JSON elements.</param>
internal sealed record ToolCall(string Name, Dictionary<string, object?> Arguments)
{
    /// <summary>The model's own name for the call; null where it gave none.</summary>
    public string? Id { get; init; }

    /// <summary>A name that a model gave, where it is of Mistral's form; others are often the same for every call.</summary>
    public static string? OwnId(string id) => id.Length == 9 && id.All(char.IsAsciiLetterOrDigit) ? id : null;
}
