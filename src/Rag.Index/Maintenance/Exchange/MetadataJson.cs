using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Documents;

namespace Rag.Index.Maintenance.Exchange;

/// <summary>
/// Metadata as a JSON object: texts, whole numbers and truth values as they are, a set as a list, {"real": 2.5} and {"time": "…"}
/// for what JSON does not tell apart.
/// </summary>
internal static class MetadataJson
{
    public static JsonObject? Write(DocumentMetadata metadata)
    {
        if (metadata.Count == 0)
        {
            return null;
        }

        JsonObject json = [];
        foreach ((string name, MetadataValue value) in metadata)
        {
            json.Add(name, value.Kind switch
            {
                MetadataKind.Integer => value.Integer!.Value,
                MetadataKind.Real => new JsonObject { ["real"] = value.Real!.Value },
                MetadataKind.Boolean => value.Boolean!.Value,
                MetadataKind.Time => new JsonObject { ["time"] = value.Time!.Value.ToString("O", CultureInfo.InvariantCulture) },
                MetadataKind.Texts => new JsonArray([.. value.Texts!.Select(text => (JsonNode)text)]),
                _ => value.Text,
            });
        }

        return json;
    }

    /// <exception cref="FormatException">A value is none of these forms, or more than metadata may hold; says which.</exception>
    public static DocumentMetadata Read(JsonObject? json, string document)
    {
        try
        {
            return json is null ? DocumentMetadata.Empty : DocumentMetadata.Create(json.Select(pair => KeyValuePair.Create(pair.Key, Value(pair.Value))));
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException or JsonException)
        {
            throw new FormatException($"The metadata of document {document} cannot be: {error.Message}", error);
        }
    }

    private static MetadataValue Value(JsonNode? node) => node switch
    {
        JsonArray texts => MetadataValue.Of(texts.Take(MetadataValue.MaxTexts + 1).Select(text => text?.GetValue<string>() ?? throw new FormatException("a set holds null."))),
        JsonObject { Count: 1 } form when form["real"] is { } real => MetadataValue.Of(real.GetValue<double>()),
        JsonObject { Count: 1 } form when form["time"] is { } time => MetadataValue.Of(DateTimeOffset.Parse(time.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => MetadataValue.Of(value.GetValue<string>()),
            JsonValueKind.Number => MetadataValue.Of(value.GetValue<long>()),
            JsonValueKind.True => MetadataValue.Of(true),
            JsonValueKind.False => MetadataValue.Of(false),
            _ => throw new FormatException("a value has no form that metadata have."),
        },
        _ => throw new FormatException("a value has no form that metadata have."),
    };
}
