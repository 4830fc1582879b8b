using System.Globalization;
using System.Text;
using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>The functions that every template may call.</summary>
internal static class Globals
{
    /// <summary>Longest range() that is made; the reference's sandbox has the same.</summary>
    private const int MaxRange = 100_000;

    /// <summary>A scope with the functions in it.</summary>
    public static Scope Create()
    {
        var scope = new Scope(null);
        scope.Set("raise_exception", new Function((_, a) => throw new TemplateFailure(Operations.Text(a.Require(0, "message")), raisedByTemplate: true)));
        scope.Set("range", new Function((state, a) => Range(a, state)));
        scope.Set("dict", new Function((_, a) => Dictionary(a)));
        scope.Set("namespace", new Function((_, a) => Namespace(a)));
        scope.Set("strftime_now", new Function((state, a) => Format(state.Time.GetLocalNow(), Operations.Text(a.Require(0, "format")))));
        return scope;
    }

    private static TemplateList Range(Arguments arguments, RenderState state)
    {
        long[] bounds = [.. arguments.AtMost(3).Positional.Select(Operations.Integer)];
        (long start, long stop, long step) = bounds.Length switch
        {
            1 => (0, bounds[0], 1),
            2 => (bounds[0], bounds[1], 1),
            3 => (bounds[0], bounds[1], bounds[2]),
            _ => throw new TemplateFailure("range takes 1 to 3 numbers"),
        };
        if (step == 0)
        {
            throw new TemplateFailure("range() arg 3 must not be zero");
        }

        List<object?> items = [];
        for (Int128 i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            items.Add((long)i);
            if (items.Count > MaxRange)
            {
                throw new TemplateFailure($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaxRange}).");
            }
        }

        state.Step(items.Count);
        return new TemplateList(items);
    }

    private static TemplateMap Dictionary(Arguments arguments)
    {
        var map = new TemplateMap();
        foreach ((object? key, object? value) in Entries(arguments))
        {
            map[key] = value;
        }

        return map;
    }

    private static TemplateNamespace Namespace(Arguments arguments)
    {
        var space = new TemplateNamespace();
        foreach ((object? key, object? value) in Entries(arguments))
        {
            space.Fields[Operations.Text(key)] = value;
        }

        return space;
    }

    private static IEnumerable<(object? Key, object? Value)> Entries(Arguments arguments)
    {
        object? source = arguments.Positional.Count > 0 ? arguments.Positional[0] : null;
        IReadOnlyList<object?> pairs = source switch { null => [], TemplateMap map => Methods.Pairs(map).Items, _ => Operations.Items(source) };
        foreach (object? pair in pairs)
        {
            IReadOnlyList<object?> sides = Operations.Items(pair);
            yield return sides.Count == 2 ? (sides[0], sides[1]) : throw new TemplateFailure("a dictionary is made of pairs");
        }

        foreach ((string name, object? value) in arguments.Named)
        {
            yield return (name, value);
        }
    }

    private static string Format(DateTimeOffset now, string format)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            char code = format[++i];
            text.Append(code switch
            {
                'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                '%' => "%",
                _ => now.ToString(
                    code switch
                    {
                        'Y' => "yyyy", 'y' => "yy", 'm' => "MM", 'd' => "dd", 'b' => "MMM", 'B' => "MMMM", 'a' => "ddd", 'A' => "dddd",
                        'H' => "HH", 'I' => "hh", 'M' => "mm", 'S' => "ss", 'p' => "tt", 'F' => "yyyy-MM-dd", 'T' => "HH:mm:ss",
                        _ => throw new TemplateFailure($"strftime_now does not know '%{code}'"),
                    },
                    CultureInfo.InvariantCulture),
            });
        }

        return text.ToString();
    }
}
