namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>A dictionary that keeps its order. Keys are strings, numbers, booleans or None, compared as Python compares them.</summary>
internal sealed class TemplateMap
{
    private static readonly object NoneKey = new();
    private readonly OrderedDictionary<object, object?> _items = [];

    public int Count => _items.Count;

    public IEnumerable<object?> Keys => _items.Keys.Select(key => ReferenceEquals(key, NoneKey) ? null : key);

    public IEnumerable<object?> Values => _items.Values;

    public object? this[object? key]
    {
        set => _items[Key(key)] = value;
    }

    public bool TryGet(object? key, out object? value) => _items.TryGetValue(Key(key), out value);

    private static object Key(object? key) => key switch
    {
        null => NoneKey,
        bool b => b ? 1L : 0L,
        double d when d == Math.Floor(d) && Math.Abs(d) < 1e15 => (long)d,
        string or long or double => key,
        _ => throw new TemplateFailure($"unhashable type: '{Operations.TypeName(key)}'"),
    };
}
