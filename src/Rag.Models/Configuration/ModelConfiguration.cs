using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>
/// Typed access to the keys of a config.json. A key that is absent or null takes the default that the caller names, as
/// the reference implementation does; a key of the wrong type is an error that names file and key.
/// </summary>
internal sealed class ModelConfiguration(JsonElement root, string path)
{
    /// <summary>The file, for messages.</summary>
    public string Path { get; } = path;

    public JsonElement Root { get; } = root.ValueKind == JsonValueKind.Object
        ? root
        : throw new CorruptException($"{path} is not a JSON object.", path);

    /// <summary>The architecture's name, such as "llama".</summary>
    public string ModelType => RequireString("model_type");

    public bool Has(string key) => Root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the key is there and says null, which for some keys means "none" where an absent one means a default.</summary>
    public bool IsNull(string key) => Root.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>A nested object, or null where it is absent or null.</summary>
    public ModelConfiguration? Section(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Object ? new ModelConfiguration(value, Path) : throw Wrong(key, "an object");

    public string? String(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, "a text");

    public string RequireString(string key) => String(key) ?? throw Missing(key);

    public bool Boolean(string key, bool absent) => Find(key) is not { } value
        ? absent
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(key, "true or false");

    public double Double(string key, double absent) => OptionalDouble(key) ?? absent;

    public double RequireDouble(string key) => OptionalDouble(key) ?? throw Missing(key);

    public double? OptionalDouble(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Wrong(key, "a finite number");

    /// <summary>A count: a whole number from 1 to <paramref name="most"/>.</summary>
    public int Count(string key, int absent, int most = MaxCount) => OptionalCount(key, most) ?? absent;

    public int RequireCount(string key, int most = MaxCount) => OptionalCount(key, most) ?? throw Missing(key);

    public int? OptionalCount(string key, int most = MaxCount) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 1 && number <= most
            ? number
            : throw Wrong(key, $"a whole number from 1 to {most}");

    /// <summary>The count under the first of several spellings of one key that is there.</summary>
    public int RequireCount(IReadOnlyList<string> keys, int most = MaxCount) => RequireCount(keys.FirstOrDefault(Has) ?? keys[0], most);

    /// <summary>A list of texts; null where it is absent.</summary>
    public IReadOnlyList<string>? Strings(string key) => List(key, "a list of texts", item => item.ValueKind == JsonValueKind.String ? item.GetString() : null);

    /// <summary>A list of finite numbers; null where it is absent.</summary>
    public IReadOnlyList<double>? Doubles(string key) =>
        List(key, "a list of finite numbers", item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number) ? number : (double?)null)?
            .Select(number => number!.Value).ToArray();

    /// <summary>Token ids given as one number or as a list; empty where absent.</summary>
    public IReadOnlyList<int> TokenIds(string key) => Find(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(item => TokenId(item, key))],
        { } single => [TokenId(single, key)],
    };

    public CorruptException Wrong(string key, string expected) =>
        new($"{Path}: '{key}' must be {expected}, but is {(Root.TryGetProperty(key, out JsonElement value) ? Shorten(value.GetRawText()) : "absent")}.", Path);

    /// <summary>Bounds every size that is read, far above any model, so that products of sizes cannot overflow.</summary>
    private const int MaxCount = 1 << 26;

    private IReadOnlyList<T>? List<T>(string key, string expected, Func<JsonElement, T?> read) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => read(item) ?? throw Wrong(key, expected))]
            : throw Wrong(key, expected);

    private JsonElement? Find(string key) =>
        Root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private int TokenId(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id >= 0 ? id : throw Wrong(key, "a token id or a list of them");

    private CorruptException Missing(string key) => new($"{Path} lacks the key '{key}'.", Path);

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
