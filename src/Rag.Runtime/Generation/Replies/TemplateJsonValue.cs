using System.Text.Json;

namespace Rag.Runtime.Generation.Replies;

/// <summary>JSON as the values that chat templates take.</summary>
internal static class TemplateJsonValue
{
    /// <param name="element">The JSON.</param>
    /// <param name="without">Keys of the outermost object that are left out.</param>
    public static object? Of(JsonElement element, params ReadOnlySpan<string> without)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                Dictionary<string, object?> map = [];
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    if (!without.Contains(property.Name))
                    {
                        map[property.Name] = Of(property.Value);
                    }
                }

                return map;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(item => Of(item)).ToList();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt64(out long number) ? (object)number : element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }
}
