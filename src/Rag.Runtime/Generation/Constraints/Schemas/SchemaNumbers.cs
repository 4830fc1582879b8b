using System.Text.Json;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>Numbers that keywords have.</summary>
internal static class SchemaNumbers
{
    /// <summary>A count, which may be written as 2.0; null where the keyword is missing.</summary>
    public static int? Count(JsonElement schema, string keyword)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
        {
            return null;
        }

        double count = value.GetDouble();
        return count >= 0 && Math.Floor(count) == count
            ? (int)Math.Min(count, int.MaxValue)
            : throw new ArgumentException($"The keyword {keyword} of the JSON schema is no count: {value.GetRawText()}.");
    }

    /// <summary>An exact number; null where the keyword is missing.</summary>
    public static DecimalNumber? Number(JsonElement schema, string keyword) =>
        !schema.TryGetProperty(keyword, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number ? DecimalNumber.Parse(value.GetRawText())
        : throw new ArgumentException($"The keyword {keyword} of the JSON schema is no number: {value.GetRawText()}.");
}
