using System.Collections;

namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>Brings values of the caller into the template's world; nothing else gets in.</summary>
internal static class TemplateValue
{
    private const int MaxDepth = 64;

    /// <summary>Copies a value.</summary>
    /// <exception cref="ArgumentException">When it is of a kind that templates may not see.</exception>
    public static object? From(object? value, int depth = 0) => value switch
    {
        _ when depth > MaxDepth => throw new ArgumentException($"A template variable is nested more than {MaxDepth} levels deep.", nameof(value)),
        null or bool or long or double or string => value,
        int n => (long)n,
        float f => (double)f,
        TemplateList or TemplateMap => value,
        IEnumerable<KeyValuePair<string, object?>> map => Map(map, depth),
        IEnumerable list => new TemplateList([.. list.Cast<object?>().Select(item => From(item, depth + 1))]),
        _ => throw new ArgumentException($"A template variable is of type {value.GetType().Name}; templates see null, bool, numbers, strings, lists and dictionaries.", nameof(value)),
    };

    private static TemplateMap Map(IEnumerable<KeyValuePair<string, object?>> items, int depth)
    {
        var map = new TemplateMap();
        foreach ((string key, object? value) in items)
        {
            map[key] = From(value, depth + 1);
        }

        return map;
    }
}
