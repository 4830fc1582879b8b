using System.Text.Json;

namespace Rag.Runtime.Generation.Constraints;

/// <summary>The constraints of the schemas that requests came with last, so that each is compiled once. Thread-safe.</summary>
internal sealed class SchemaConstraints
{
    private const int MaxKept = 64;
    private static readonly JsonElement AnyObject = JsonSerializer.SerializeToElement(new { type = "object" });

    private readonly Dictionary<string, TextConstraint> _known = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>The constraint of a schema; any object where there is none.</summary>
    public TextConstraint Of(JsonElement? schema)
    {
        JsonElement element = schema ?? AnyObject;
        string key = element.GetRawText();
        lock (_lock)
        {
            if (_known.TryGetValue(key, out TextConstraint? known))
            {
                return known;
            }
        }

        TextConstraint made = TextConstraint.FromJsonSchema(element);
        lock (_lock)
        {
            if (_known.Count >= MaxKept)
            {
                _known.Clear();
            }

            return _known[key] = made;
        }
    }
}
