using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Replies;

/// <summary>The tools that a request offers. Immutable.</summary>
internal sealed class ToolSet
{
    private readonly Dictionary<string, AIFunctionDeclaration> _functions = new(StringComparer.Ordinal);

    /// <exception cref="UnsupportedException">A tool is no function.</exception>
    /// <exception cref="ArgumentException">Two have one name, or one has none.</exception>
    public ToolSet(IEnumerable<AITool> tools)
    {
        foreach (AITool tool in tools)
        {
            if (tool is not AIFunctionDeclaration function)
            {
                throw new UnsupportedException($"The tool '{tool.Name}' is a {tool.GetType().Name}; the local model takes functions.", tool.Name);
            }

            if (string.IsNullOrEmpty(function.Name) || !_functions.TryAdd(function.Name, function))
            {
                throw new ArgumentException($"Every tool needs a name of its own; '{function.Name}' is none.", nameof(tools));
            }
        }
    }

    /// <summary>No tool.</summary>
    public static ToolSet None { get; } = new([]);

    public bool IsEmpty => _functions.Count == 0;

    public bool Offers(string name) => _functions.ContainsKey(name);

    /// <summary>Whether a parameter is a text; null where the schema does not say one type.</summary>
    public bool? IsText(string name, string parameter) =>
        _functions.TryGetValue(name, out AIFunctionDeclaration? function)
        && function.JsonSchema is { ValueKind: JsonValueKind.Object } schema
        && schema.TryGetProperty("properties", out JsonElement properties) && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(parameter, out JsonElement property) && property.ValueKind == JsonValueKind.Object
        && property.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String
            ? type.ValueEquals("string")
            : null;

    /// <summary>The tools as chat templates see them, in the form of transformers' get_json_schema.</summary>
    public List<object?> ToTemplate() => [.. _functions.Values.Select(function => (object?)new Dictionary<string, object?>
    {
        ["type"] = "function",
        ["function"] = new Dictionary<string, object?>
        {
            ["name"] = function.Name,
            ["description"] = function.Description,
            ["parameters"] = TemplateJsonValue.Of(function.JsonSchema, without: ["$schema", "title", "description"]),
        },
    })];
}
