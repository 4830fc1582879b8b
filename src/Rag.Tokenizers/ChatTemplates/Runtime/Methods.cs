using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>The methods of strings, lists and maps. Those that would change a value are undefined, as in the reference's sandbox.</summary>
internal static class Methods
{
    private static readonly HashSet<string> Mutating = ["append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem"];

    private static readonly HashSet<string> Known =
    [
        "upper", "lower", "title", "capitalize", "strip", "lstrip", "rstrip", "startswith", "endswith", "split", "splitlines", "replace", "find", "count", "join",
        "removeprefix", "removesuffix", "isdigit", "isspace", "isalpha", "isalnum", "get", "keys", "values", "items", "copy", "index", .. Mutating,
    ];

    /// <summary>Whether any value has a method of that name; a template that calls another is refused when it is parsed.</summary>
    public static bool IsKnown(string name) => Known.Contains(name);

    /// <summary>Whether the method would change a list or map.</summary>
    public static bool IsMutating(object? target, string name) => target is TemplateList or TemplateMap && Mutating.Contains(name);

    /// <summary>The method of a value, or null where it has none of that name.</summary>
    public static Function? Find(object? target, string name) => target switch
    {
        string text => ForString(text, name),
        TemplateMap map => ForMap(map, name),
        TemplateList list => ForList(list, name),
        _ => null,
    };

    private static Function? ForString(string text, string name) => name switch
    {
        "upper" => new((_, _) => CaseRules.Upper(text)),
        "lower" => new((_, _) => CaseRules.Lower(text)),
        "title" => new((_, _) => CaseRules.Title(text)),
        "capitalize" => new((_, _) => CaseRules.Capitalize(text)),
        "strip" => new((_, a) => Strip(text, a, true, true)),
        "lstrip" => new((_, a) => Strip(text, a, true, false)),
        "rstrip" => new((_, a) => Strip(text, a, false, true)),
        "startswith" => new((_, a) => Affixes(a).Any(affix => text.StartsWith(affix, StringComparison.Ordinal))),
        "endswith" => new((_, a) => Affixes(a).Any(affix => text.EndsWith(affix, StringComparison.Ordinal))),
        "split" => new((_, a) => Split(text, a)),
        "splitlines" => new((_, a) => new TemplateList([.. Lines(text)])),
        "replace" => new((state, a) => Replace(text, a, state)),
        "find" => new((_, a) => text.IndexOf(String(a, 0), StringComparison.Ordinal) is var at && at < 0 ? -1L : (long)Operations.Length(text[..at])),
        "index" => new((_, a) => text.IndexOf(String(a, 0), StringComparison.Ordinal) is var at && at < 0 ? throw new TemplateFailure("substring not found") : (long)Operations.Length(text[..at])),
        "count" => new((_, a) => String(a, 0) is var part && part.Length == 0 ? Operations.Length(text) + 1L : (long)(text.Split(part).Length - 1)),
        "join" => new((state, a) => Join(text, a, state)),
        "removeprefix" => new((_, a) => String(a, 0) is var part && text.StartsWith(part, StringComparison.Ordinal) ? text[part.Length..] : text),
        "removesuffix" => new((_, a) => String(a, 0) is var part && text.EndsWith(part, StringComparison.Ordinal) ? text[..^part.Length] : text),
        "isdigit" => new((_, _) => text.Length > 0 && text.All(char.IsDigit)),
        "isspace" => new((_, _) => text.Length > 0 && text.All(char.IsWhiteSpace)),
        "isalpha" => new((_, _) => text.Length > 0 && text.All(char.IsLetter)),
        "isalnum" => new((_, _) => text.Length > 0 && text.All(char.IsLetterOrDigit)),
        _ => null,
    };

    private static Function? ForMap(TemplateMap map, string name) => name switch
    {
        "get" => new((_, a) => map.TryGet(a.Require(0, "key"), out object? value) ? value : a.Get(1, "default")),
        "keys" => new((_, _) => new TemplateList([.. map.Keys])),
        "values" => new((_, _) => new TemplateList([.. map.Values])),
        "items" => new((_, _) => Pairs(map)),
        "copy" => new((_, _) => map),
        _ => null,
    };

    private static Function? ForList(TemplateList list, string name) => name switch
    {
        "index" => new((_, a) => Enumerable.Range(0, list.Items.Count).Where(i => Operations.Equals(list.Items[i], a.Require(0, "value"))).Select(i => (object)(long)i)
            .FirstOrDefault() ?? throw new TemplateFailure("the value is not in the list")),
        "count" => new((_, a) => (long)list.Items.Count(item => Operations.Equals(item, a.Require(0, "value")))),
        "copy" => new((_, _) => list),
        _ => null,
    };

    /// <summary>The keys of a map with their values, as tuples.</summary>
    public static TemplateList Pairs(TemplateMap map) =>
        new([.. map.Keys.Zip(map.Values).Select(pair => (object)new TemplateList([pair.First, pair.Second], IsTuple: true))]);

    public static string Strip(string text, Arguments arguments, bool start, bool end)
    {
        object? given = arguments.AtMost(1).Get(0, "chars");
        bool IsStripped(System.Text.Rune rune) =>
            given is null ? System.Text.Rune.IsWhiteSpace(rune) || rune.Value is >= 0x1C and <= 0x1F : Operations.Text(given).Contains(rune.ToString(), StringComparison.Ordinal);
        ReadOnlySpan<char> rest = text;
        while (start && System.Text.Rune.DecodeFromUtf16(rest, out System.Text.Rune first, out int width) == System.Buffers.OperationStatus.Done && IsStripped(first))
        {
            rest = rest[width..];
        }

        while (end && System.Text.Rune.DecodeLastFromUtf16(rest, out System.Text.Rune last, out int width) == System.Buffers.OperationStatus.Done && IsStripped(last))
        {
            rest = rest[..^width];
        }

        return rest.ToString();
    }

    private static string String(Arguments arguments, int index) =>
        arguments.Require(index, "text") as string ?? throw new TemplateFailure("the method takes a string");

    private static IEnumerable<string> Affixes(Arguments arguments) => arguments.Require(0, "prefix") switch
    {
        string affix => [affix],
        TemplateList { IsTuple: true } list => list.Items.Select(item => item as string ?? throw new TemplateFailure("the method takes strings")),
        _ => throw new TemplateFailure("the method takes a string or a tuple of strings"),
    };

    private static string Replace(string text, Arguments arguments, RenderState state)
    {
        string old = String(arguments, 0);
        string with = String(arguments, 1);
        return Replace(text, old, with, arguments.Has(2, "count") ? Operations.Integer(arguments.Get(2, "count")) : -1, state);
    }

    /// <summary>Python's replace: the empty string lies between all characters.</summary>
    public static string Replace(string text, string old, string with, long count, RenderState state)
    {
        if (old.Length == 0)
        {
            throw new TemplateFailure("replacing the empty string is not supported");
        }

        state.CheckLength(text.Length + ((long)text.Length / old.Length * with.Length));
        if (count < 0)
        {
            return text.Replace(old, with, StringComparison.Ordinal);
        }

        string[] parts = text.Split(old, (int)Math.Min(int.MaxValue, count + 1));
        return string.Join(with, parts);
    }

    private static string Join(string separator, Arguments arguments, RenderState state)
    {
        string[] parts = [.. Operations.Items(arguments.Require(0, "iterable")).Select(item => item as string ?? throw new TemplateFailure("join takes strings"))];
        state.CheckLength(parts.Sum(part => (long)part.Length + separator.Length));
        return string.Join(separator, parts);
    }

    private static TemplateList Split(string text, Arguments arguments)
    {
        long limit = arguments.Has(1, "maxsplit") ? Operations.Integer(arguments.Get(1, "maxsplit")) : -1;
        int count = limit < 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, limit + 1);
        object? separator = arguments.Get(0, "sep");
        if (separator is string { Length: 0 })
        {
            throw new TemplateFailure("empty separator");
        }

        if (separator is string by)
        {
            return new TemplateList([.. text.Split(by, count)]);
        }

        if (count != int.MaxValue)
        {
            throw new TemplateFailure("split by white space with a limit is not supported");
        }

        return new TemplateList([.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]);
    }

    private static string[] Lines(string text)
    {
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
