using System.Collections.Frozen;
using System.Globalization;
using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>A filter: a value and arguments to another value.</summary>
internal delegate object? Filter(RenderState state, object? value, Arguments arguments);

/// <summary>The filters that templates may use, by name.</summary>
internal static class Filters
{
    /// <summary>Jinja's own filters, known here or not (jinja2/filters.py, FILTERS).</summary>
    public static readonly FrozenSet<string> OfJinja = new[]
    {
        "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "filesizeformat", "first", "float", "forceescape", "format",
        "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "pprint", "random", "reject", "rejectattr", "replace", "reverse",
        "round", "safe", "select", "selectattr", "slice", "sort", "string", "striptags", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "urlencode", "urlize",
        "wordcount", "wordwrap", "xmlattr",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static readonly FrozenDictionary<string, Filter> All = new Dictionary<string, Filter>
    {
        ["trim"] = (_, v, a) => Methods.Strip(Operations.Text(v), a, true, true),
        ["upper"] = (_, v, _) => CaseRules.Upper(Operations.Text(v)),
        ["lower"] = (_, v, _) => CaseRules.Lower(Operations.Text(v)),
        ["title"] = (_, v, _) => CaseRules.Title(Operations.Text(v)),
        ["capitalize"] = (_, v, _) => CaseRules.Capitalize(Operations.Text(v)),
        ["string"] = (_, v, _) => Operations.Text(v),
        ["safe"] = (_, v, _) => Operations.Text(v),
        ["length"] = (_, v, _) => (long)Operations.Length(v),
        ["count"] = (_, v, _) => (long)Operations.Length(v),
        ["default"] = Default,
        ["d"] = Default,
        ["first"] = (_, v, _) => Operations.Items(v) is { Count: > 0 } items ? items[0] : new Undefined("No first item, sequence was empty."),
        ["last"] = (_, v, _) => Operations.Items(v) is { Count: > 0 } items ? items[^1] : new Undefined("No last item, sequence was empty."),
        ["list"] = (_, v, _) => new TemplateList(Operations.Items(v)),
        ["join"] = Join,
        ["replace"] = (state, v, a) => Methods.Replace(
            Operations.Text(v), Operations.Text(a.Require(0, "old")), Operations.Text(a.Require(1, "new")), a.Get(2, "count") is { } count ? Operations.Integer(count) : -1, state),
        ["reverse"] = (_, v, _) => v is string ? string.Concat(Operations.Items(v).Reverse()) : new TemplateList([.. Operations.Items(Operations.Defined(v)).Reverse()]),
        ["abs"] = (_, v, _) => Operations.Defined(v) is double d ? (object)Math.Abs(d) : Math.Abs(Operations.Integer(v)),
        ["int"] = Int,
        ["float"] = Float,
        ["items"] = (_, v, _) => v is Undefined ? new TemplateList([]) : v is TemplateMap map ? Methods.Pairs(map) : throw new TemplateFailure("Can only get item pairs from a mapping."),
        ["dictsort"] = DictSort,
        ["sort"] = Sort,
        ["unique"] = Unique,
        ["indent"] = Indent,
        ["tojson"] = (state, v, a) => TemplateJson.Write(v, a, state),
        ["map"] = Map,
        ["select"] = (_, v, a) => Choose(v, a, attribute: false, keep: true),
        ["reject"] = (_, v, a) => Choose(v, a, attribute: false, keep: false),
        ["selectattr"] = (_, v, a) => Choose(v, a, attribute: true, keep: true),
        ["rejectattr"] = (_, v, a) => Choose(v, a, attribute: true, keep: false),
    }.ToFrozenDictionary();

    /// <summary>What stands for a filter that there is not, until it is used.</summary>
    public static Filter Missing(string name) => (_, _, _) => throw new TemplateFailure($"No filter named '{name}' found.");

    private static object? Default(RenderState state, object? value, Arguments arguments) =>
        value is Undefined || (Operations.IsTrue(arguments.Get(1, "boolean")) && !Operations.IsTrue(value)) ? arguments.Get(0, "default_value", "") : value;

    private static string Join(RenderState state, object? value, Arguments arguments)
    {
        object? attribute = arguments.AtMost(2).Get(1, "attribute");
        string separator = Operations.Text(arguments.Get(0, "d", ""));
        string[] parts = [.. Operations.Items(value).Select(item => Operations.Text(attribute is null ? item : Path(item, attribute)))];
        state.CheckLength(parts.Sum(part => (long)part.Length + separator.Length));
        return string.Join(separator, parts);
    }

    private static object? Int(RenderState state, object? value, Arguments arguments)
    {
        object? fallback = arguments.Get(0, "default", 0L);
        if (value is string digits && arguments.Has(1, "base") && Operations.Integer(arguments.Get(1, "base")) is var numberBase && numberBase != 10)
        {
            return InBase(digits.Trim(), numberBase) ?? fallback;
        }

        switch (Operations.Defined(value))
        {
            case bool or long:
                return Operations.Integer(value);
            case double d:
                return Math.Abs(d) < 9e18 ? (long)d : fallback;
            case string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole):
                return whole;
            case string text when double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && Math.Abs(real) < 9e18:
                return (long)real;
            default:
                return fallback;
        }
    }

    private static long? InBase(string digits, long numberBase)
    {
        (string prefix, NumberStyles style) = numberBase switch
        {
            16 => ("0x", NumberStyles.AllowHexSpecifier),
            2 => ("0b", NumberStyles.AllowBinarySpecifier),
            _ => throw new TemplateFailure($"int with the base {numberBase} is not supported"),
        };
        digits = digits.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? digits[2..] : digits;
        return ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out ulong value) && value <= long.MaxValue ? (long)value : null;
    }

    private static object? Float(RenderState state, object? value, Arguments arguments) => Operations.Number(Operations.Defined(value)) is { } number ? number
        : value is string text && double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double real) ? real
        : arguments.Get(0, "default", 0.0);

    private static TemplateList DictSort(RenderState state, object? value, Arguments arguments)
    {
        if (Operations.Defined(value) is not TemplateMap map)
        {
            throw new TemplateFailure("dictsort takes a mapping");
        }

        int by = arguments.Get(1, "by", "key") is "value" ? 1 : 0;
        return Sorted(Methods.Pairs(map).Items, item => ((TemplateList)item!).Items[by], Operations.IsTrue(arguments.Get(0, "case_sensitive")), Operations.IsTrue(arguments.Get(2, "reverse")));
    }

    private static TemplateList Sort(RenderState state, object? value, Arguments arguments)
    {
        object? attribute = arguments.Get(2, "attribute");
        return Sorted(
            Operations.Items(Operations.Defined(value)),
            item => attribute is null ? item : Path(item, attribute),
            Operations.IsTrue(arguments.Get(1, "case_sensitive")),
            Operations.IsTrue(arguments.Get(0, "reverse")));
    }

    private static TemplateList Sorted(IReadOnlyList<object?> items, Func<object?, object?> key, bool caseSensitive, bool reverse)
    {
        var comparer = Comparer<object?>.Create((a, b) => Operations.Compare(Fold(a), Fold(b), "<") * (reverse ? -1 : 1));
        try
        {
            return new TemplateList([.. items.OrderBy(key, comparer)]);
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateFailure failure)
        {
            throw failure;
        }

        object? Fold(object? k) => k is string text && !caseSensitive ? CaseRules.Lower(text) : k;
    }

    private static TemplateList Unique(RenderState state, object? value, Arguments arguments)
    {
        bool caseSensitive = Operations.IsTrue(arguments.Get(0, "case_sensitive"));
        object? attribute = arguments.Get(1, "attribute");
        var seen = new TemplateMap();
        List<object?> kept = [];
        foreach (object? item in Operations.Items(value))
        {
            object? key = attribute is null ? item : Path(item, attribute);
            key = key is string text && !caseSensitive ? CaseRules.Lower(text) : key;
            if (!seen.TryGet(key, out _))
            {
                seen[key] = null;
                kept.Add(item);
            }
        }

        return new TemplateList(kept);
    }

    private static string Indent(RenderState state, object? value, Arguments arguments)
    {
        object? width = arguments.Get(0, "width", 4L);
        string indentation = width as string ?? new string(' ', (int)Math.Clamp(Operations.Integer(width), 0, 1000));
        bool blank = Operations.IsTrue(arguments.Get(2, "blank"));
        string[] lines = Operations.Text(value).Split('\n');
        state.CheckLength(lines.Sum(line => (long)line.Length + indentation.Length));
        string rest = string.Join('\n', lines.Select((line, i) => i > 0 && (blank || line.Length > 0) ? indentation + line : line));
        return Operations.IsTrue(arguments.Get(1, "first")) && (blank || lines[0].Length > 0) ? indentation + rest : rest;
    }

    private static TemplateList Map(RenderState state, object? value, Arguments arguments)
    {
        IReadOnlyList<object?> items = Operations.Items(value);
        if (arguments.Named.TryGetValue("attribute", out object? attribute))
        {
            bool hasDefault = arguments.Named.TryGetValue("default", out object? fallback);
            return new TemplateList([.. items.Select(item => Path(item, attribute) is var found && found is Undefined && hasDefault ? fallback : found)]);
        }

        if (arguments.Require(0, "filter") is not string name || !All.TryGetValue(name, out Filter? filter))
        {
            throw new TemplateFailure($"No filter named '{Operations.Print(arguments.Get(0, "filter"))}'.");
        }

        Arguments rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return new TemplateList([.. items.Select(item => filter(state, item, rest))]);
    }

    private static TemplateList Choose(object? value, Arguments arguments, bool attribute, bool keep)
    {
        int at = attribute ? 1 : 0;
        object? path = attribute ? arguments.Require(0, "attribute") : null;
        Test test = Tests.All["true value"];
        if (arguments.Positional.Count > at && (arguments.Positional[at] is not string name || !Tests.All.TryGetValue(name, out test!)))
        {
            throw new TemplateFailure($"No test named '{Operations.Print(arguments.Positional[at])}'.");
        }

        Arguments rest = arguments with { Positional = [.. arguments.Positional.Skip(at + 1)] };
        return new TemplateList([.. Operations.Items(value).Where(item => test(attribute ? Path(item, path) : item, rest) == keep)]);
    }

    /// <summary>An attribute, which may be a number or a dotted path.</summary>
    private static object? Path(object? item, object? path)
    {
        if (path is long)
        {
            return Access.Item(item, path);
        }

        foreach (string part in Operations.Text(path).Split('.'))
        {
            item = Access.Item(item, long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : part);
        }

        return item;
    }
}
