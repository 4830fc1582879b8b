using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>"time_step_limit": a least and a most, of which the most may be infinite, for which JSON has no number.</summary>
internal static class TimeLimits
{
    /// <summary>The limits; 0 and infinity where the key is absent. Infinity may be spelled "Infinity" or {"__float__": "Infinity"}.</summary>
    public static (float Least, float Most) Read(ModelConfiguration config)
    {
        const string Key = "time_step_limit";
        if (!config.Has(Key))
        {
            return (0, float.PositiveInfinity);
        }

        JsonElement value = config.Root.GetProperty(Key);
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2 && Number(value[0]) is { } least && Number(value[1]) is { } most && least <= most
            ? (least, most)
            : throw config.Wrong(Key, "a list of a least and a most");
    }

    private static float? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetSingle(out float number) => number,
        JsonValueKind.String when value.GetString() == "Infinity" => float.PositiveInfinity,
        JsonValueKind.Object when value.TryGetProperty("__float__", out JsonElement inner) && inner.ValueKind == JsonValueKind.String => Number(inner),
        _ => null,
    };
}
