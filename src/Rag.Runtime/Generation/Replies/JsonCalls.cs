using System.Text;
using System.Text.Json;
using Rag.Models;

namespace Rag.Runtime.Generation.Replies;

/// <summary>Calls written as JSON: an object with a name and arguments, a list of such, or several one after another.</summary>
internal static class JsonCalls
{
    private const int MaxDepth = 64;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, AllowMultipleValues = true };
    private static readonly string[] Names = ["name", "tool_name"];
    private static readonly string[] Arguments = ["arguments", "parameters"];

    /// <inheritdoc cref="CallReader"/>
    public static IReadOnlyList<ToolCall>? Read(string text, ToolSet tools)
    {
        List<ToolCall> calls = [];
        try
        {
            ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
            while (!(rest = rest.TrimStart(" \t\r\n;,"u8)).IsEmpty)
            {
                Utf8JsonReader reader = new(rest, Options);
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                if (!Add(document.RootElement, tools, calls))
                {
                    return null;
                }

                rest = rest[(int)reader.BytesConsumed..];
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: a text with half a surrogate pair.
            return null;
        }

        return calls;
    }

    /// <summary>Arguments alone; null where they are no object.</summary>
    public static Dictionary<string, object?>? ReadArguments(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Copy(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A value of any kind; null where it is no JSON.</summary>
    public static JsonElement? ReadValue(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            BoundedJson.CheckTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Add(JsonElement element, ToolSet tools, List<ToolCall> calls)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object && Add(item, tools, calls));
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        // OpenAI's own form.
        if (element.TryGetProperty("function", out JsonElement function) && function.ValueKind == JsonValueKind.Object)
        {
            return Add(function, tools, calls);
        }

        if (Find(element, Names) is not { ValueKind: JsonValueKind.String } name || !tools.Offers(name.GetString()!))
        {
            return false;
        }

        Dictionary<string, object?>? arguments = Find(element, Arguments) switch
        {
            null or { ValueKind: JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.String } text => ReadArguments(text.GetString()!),
            { } given => Copy(given),
        };
        if (arguments is null)
        {
            return false;
        }

        calls.Add(new ToolCall(name.GetString()!, arguments) { Id = element.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String ? ToolCall.OwnId(id.GetString()!) : null });
        return true;
    }

    private static JsonElement? Find(JsonElement element, string[] names)
    {
        foreach (string name in names)
        {
            if (element.TryGetProperty(name, out JsonElement value))
            {
                return value;
            }
        }

        return null;
    }

    private static Dictionary<string, object?>? Copy(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        Dictionary<string, object?> arguments = new(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            BoundedJson.CheckTexts(property.Value);
            arguments[property.Name] = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value.Clone();
        }

        return arguments;
    }
}
