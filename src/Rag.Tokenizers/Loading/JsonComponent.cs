using System.Globalization;
using System.Text.Json;

namespace Rag.Tokenizers.Loading;

/// <summary>One object of a tokenizer.json with its path, read with errors that name file, place and what was expected.</summary>
internal readonly struct JsonComponent(JsonElement element, string path, string location)
{
    public JsonElement Element { get; } = element;

    public string Path { get; } = path;

    public string Location { get; } = location;

    public bool IsNull => Element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public string Type => String("type");

    public bool Has(string name) => TryGet(name, out _);

    public JsonComponent Child(string name) =>
        TryGet(name, out JsonElement value) ? new JsonComponent(value, $"{Path}.{name}", Location) : throw Corrupt($"lacks '{name}'");

    /// <summary>A child, or null where it is absent or null.</summary>
    public JsonComponent? ChildOrNull(string name) =>
        TryGet(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? new JsonComponent(value, $"{Path}.{name}", Location) : null;

    public string String(string name) => StringOrNull(name) ?? throw Corrupt($"lacks the string '{name}'");

    public string? StringOrNull(string name) => ChildOrNull(name) is not { } child ? null : child.AsString();

    public string AsString()
    {
        if (Element.ValueKind != JsonValueKind.String)
        {
            throw Corrupt($"must be a string and is {Kind}");
        }

        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new CorruptException($"{Location}: {Path} holds text that is not valid Unicode.", Location, innerException: e);
        }
    }

    public char Character(string name)
    {
        string text = String(name);
        return text.Length == 1 ? text[0] : throw Corrupt($"must have one character as '{name}' and has '{text}'");
    }

    public bool Bool(string name, bool? fallback = null)
    {
        if (ChildOrNull(name) is not { } child)
        {
            return fallback ?? throw Corrupt($"lacks the boolean '{name}'");
        }

        return child.Element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw child.Corrupt($"must be true or false and is {child.Kind}"),
        };
    }

    public int Int(string name, int? fallback = null, int min = 0, int max = int.MaxValue) =>
        ChildOrNull(name) is { } child ? child.AsInt(min, max) : fallback ?? throw Corrupt($"lacks the number '{name}'");

    public int AsInt(int min, int max)
    {
        if (Element.ValueKind != JsonValueKind.Number || !Element.TryGetInt32(out int value) || value < min || value > max)
        {
            throw Corrupt(string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max} and is {Clip()}"));
        }

        return value;
    }

    public IEnumerable<JsonComponent> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            throw Corrupt($"must be a list and is {Kind}");
        }

        return Enumerate(this);

        static IEnumerable<JsonComponent> Enumerate(JsonComponent list)
        {
            int i = 0;
            foreach (JsonElement item in list.Element.EnumerateArray())
            {
                yield return new JsonComponent(item, string.Create(CultureInfo.InvariantCulture, $"{list.Path}[{i++}]"), list.Location);
            }
        }
    }

    public void RequireObject()
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            throw Corrupt($"must be an object and is {Kind}");
        }
    }

    public CorruptException Corrupt(string fault) => new($"{Location} is not a sound tokenizer: {Path} {fault}.", Location);

    public UnsupportedException Unsupported(string what) =>
        new($"{Location}: {Path} is {what}, which is not supported; a tokenizer that leaves it out would give other tokens.", Location);

    private string Kind => Element.ValueKind.ToString();

    private string Clip()
    {
        string raw = Element.GetRawText();
        return raw.Length <= 40 ? raw : raw[..40] + "…";
    }

    private bool TryGet(string name, out JsonElement value)
    {
        if (Element.ValueKind == JsonValueKind.Object)
        {
            return Element.TryGetProperty(name, out value);
        }

        RequireObject();
        value = default;
        return false;
    }
}
