using System.Globalization;
using System.Text;

namespace Rag.Tokenizers.ChatTemplates.Values;

/// <summary>Python's rules for the values of templates: null, bool, long, double, string, lists, maps.</summary>
internal static class Operations
{
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        TemplateList list => list.Items.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long => "int",
        double => "float",
        string => "str",
        TemplateList { IsTuple: true } => "tuple",
        TemplateList => "list",
        TemplateMap => "dict",
        Undefined => "Undefined",
        TemplateNamespace => "Namespace",
        _ => "function",
    };

    /// <summary>The value as {{ }} prints it.</summary>
    public static string Print(object? value) => value is Undefined ? "" : value as string ?? Repr(value, 0);

    public static new bool Equals(object? left, object? right)
    {
        if (Number(left) is { } a && Number(right) is { } b)
        {
            return left is double || right is double ? a == b : Integer(left) == Integer(right);
        }

        return (left, right) switch
        {
            (null, null) => true,
            (string s, string t) => s == t,
            (Undefined, Undefined) => true,
            (TemplateList l, TemplateList m) => l.IsTuple == m.IsTuple && l.Items.Count == m.Items.Count && l.Items.Zip(m.Items).All(pair => Equals(pair.First, pair.Second)),
            (TemplateMap l, TemplateMap m) => l.Count == m.Count && l.Keys.All(key => m.TryGet(key, out object? other) && l.TryGet(key, out object? mine) && Equals(mine, other)),
            _ => ReferenceEquals(left, right),
        };
    }

    public static int Compare(object? left, object? right, string operation)
    {
        Defined(left);
        Defined(right);
        if (Number(left) is { } a && Number(right) is { } b)
        {
            return left is double || right is double ? a.CompareTo(b) : Integer(left).CompareTo(Integer(right));
        }

        if (left is string s && right is string t)
        {
            return CompareCodePoints(s, t);
        }

        if (left is TemplateList l && right is TemplateList m && l.IsTuple == m.IsTuple)
        {
            for (int i = 0; i < l.Items.Count && i < m.Items.Count; i++)
            {
                if (!Equals(l.Items[i], m.Items[i]))
                {
                    return Compare(l.Items[i], m.Items[i], operation);
                }
            }

            return l.Items.Count.CompareTo(m.Items.Count);
        }

        throw new TemplateFailure($"'{operation}' not supported between instances of '{TypeName(left)}' and '{TypeName(right)}'");
    }

    public static bool Contains(object? container, object? item) => container switch
    {
        string s => item is string part ? s.Contains(part, StringComparison.Ordinal) : throw new TemplateFailure($"'in <string>' requires string as left operand, not {TypeName(item)}"),
        TemplateMap map => map.TryGet(item, out _),
        TemplateList list => list.Items.Any(other => Equals(other, item)),
        Undefined => false,
        _ => throw new TemplateFailure($"argument of type '{TypeName(container)}' is not iterable"),
    };

    /// <summary>The items that a loop or filter goes over.</summary>
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        TemplateList list => list.Items,
        TemplateMap map => [.. map.Keys],
        string text => [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())],
        Undefined => [],
        _ => throw new TemplateFailure($"'{TypeName(value)}' object is not iterable"),
    };

    public static int Length(object? value) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        TemplateList list => list.Items.Count,
        TemplateMap map => map.Count,
        Undefined => 0,
        _ => throw new TemplateFailure($"object of type '{TypeName(value)}' has no len()"),
    };

    public static object? Defined(object? value) => value is Undefined undefined ? throw new TemplateFailure(undefined.Description) : value;

    public static double? Number(object? value) => value switch { bool b => b ? 1 : 0, long n => n, double d => d, _ => null };

    public static long Integer(object? value) => value switch
    {
        bool b => b ? 1 : 0,
        long n => n,
        _ => throw new TemplateFailure($"'{TypeName(Defined(value))}' object cannot be interpreted as an integer"),
    };

    public static string Text(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Print(value),
    };

    public static string Float(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        double size = Math.Abs(value);
        if (size != 0 && (size < 1e-4 || size >= 1e16))
        {
            string text = value.ToString("R", CultureInfo.InvariantCulture);
            if (!text.Contains('E', StringComparison.Ordinal))
            {
                text = value.ToString("0.################E+00", CultureInfo.InvariantCulture);
            }

            string[] parts = text.Split('E');
            int exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture, $"{parts[0]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        string plain = value.ToString("0.0###################", CultureInfo.InvariantCulture);
        return double.Parse(plain, CultureInfo.InvariantCulture) == value ? plain : ((decimal)value).ToString(CultureInfo.InvariantCulture);
    }

    private static string Repr(object? value, int depth)
    {
        if (depth > 64)
        {
            throw new TemplateFailure("a value is nested too deeply to be printed");
        }

        return value switch
        {
            null => "None",
            bool b => b ? "True" : "False",
            long n => n.ToString(CultureInfo.InvariantCulture),
            double d => Float(d),
            string s => Quote(s),
            TemplateList { IsTuple: true } tuple => $"({string.Join(", ", tuple.Items.Select(item => Repr(item, depth + 1)))}{(tuple.Items.Count == 1 ? "," : "")})",
            TemplateList list => $"[{string.Join(", ", list.Items.Select(item => Repr(item, depth + 1)))}]",
            TemplateMap map => $"{{{string.Join(", ", map.Keys.Select(key => Repr(key, depth + 1) + ": " + Repr(map.TryGet(key, out object? item) ? item : null, depth + 1)))}}}",
            Undefined => "Undefined",
            _ => $"<{TypeName(value)}>",
        };
    }

    private static string Quote(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder().Append(quote);
        foreach (char c in text)
        {
            quoted = c switch
            {
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append(@"\n"),
                '\r' => quoted.Append(@"\r"),
                '\t' => quoted.Append(@"\t"),
                _ when c == quote => quoted.Append('\\').Append(c),
                < ' ' or '\x7F' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append(quote).ToString();
    }

    private static int CompareCodePoints(string left, string right)
    {
        foreach ((Rune a, Rune b) in left.EnumerateRunes().Zip(right.EnumerateRunes()))
        {
            if (a != b)
            {
                return a.CompareTo(b);
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
