using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>+ - * / // % ** with Python's rules; whole numbers are 64 bits and overflow is an error.</summary>
internal static class Arithmetic
{
    public static object? Apply(string op, object? left, object? right, RenderState state)
    {
        Operations.Defined(left);
        Operations.Defined(right);
        try
        {
            return (op, left, right) switch
            {
                ("+", string a, string b) => Concatenate(a, b, state),
                ("+", string, _) => throw new TemplateFailure($"can only concatenate str (not \"{Operations.TypeName(right)}\") to str"),
                ("+", TemplateList a, TemplateList b) when a.IsTuple == b.IsTuple => Join(a, b, state),
                ("*", string a, long or bool) => Repeat(a, Operations.Integer(right), state),
                ("*", long or bool, string b) => Repeat(b, Operations.Integer(left), state),
                ("*", TemplateList a, long or bool) => Repeat(a, Operations.Integer(right), state),
                _ when Operations.Number(left) is { } a && Operations.Number(right) is { } b =>
                    left is double || right is double || op == "/" ? (object)Real(op, a, b) : Whole(op, Operations.Integer(left), Operations.Integer(right)),
                _ => throw new TemplateFailure($"unsupported operand type(s) for {op}: '{Operations.TypeName(left)}' and '{Operations.TypeName(right)}'"),
            };
        }
        catch (OverflowException)
        {
            throw new TemplateFailure($"the result of '{op}' is too large a number");
        }
    }

    private static object Whole(string op, long a, long b) => op == "**" && b < 0 ? (object)Math.Pow(a, b) : Exact(op, a, b);

    private static long Exact(string op, long a, long b) => op switch
    {
        "+" => checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        "//" => b == 0 ? throw new TemplateFailure("integer division or modulo by zero") : checked(a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
        "%" => b == 0 ? throw new TemplateFailure("integer modulo by zero") : b == -1 ? 0 : a % b is var rest && rest != 0 && (rest < 0) != (b < 0) ? rest + b : a % b,
        _ => Power(a, b),
    };

    private static long Power(long value, long exponent)
    {
        long result = 1;
        for (; exponent > 0; exponent--)
        {
            result = checked(result * value);
            if (value is 0 or 1)
            {
                return value;
            }

            if (value == -1)
            {
                return exponent % 2 == 0 ? 1 : -1;
            }
        }

        return result;
    }

    private static double Real(string op, double a, double b) => op switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "**" => Math.Pow(a, b),
        _ when b == 0 => throw new TemplateFailure("division by zero"),
        "/" => a / b,
        "//" => Math.Floor(a / b),
        _ => a - (Math.Floor(a / b) * b),
    };

    private static string Concatenate(string a, string b, RenderState state)
    {
        state.CheckLength((long)a.Length + b.Length);
        return a + b;
    }

    private static TemplateList Join(TemplateList a, TemplateList b, RenderState state)
    {
        state.Step(a.Items.Count + b.Items.Count);
        return new TemplateList([.. a.Items, .. b.Items], a.IsTuple);
    }

    private static string Repeat(string text, long count, RenderState state)
    {
        count = Math.Max(0, count);
        state.CheckLength(checked(text.Length * count));
        return string.Concat(Enumerable.Repeat(text, (int)(text.Length == 0 ? 0 : count)));
    }

    private static TemplateList Repeat(TemplateList list, long count, RenderState state)
    {
        long total = list.Items.Count * Math.Clamp(count, 0, int.MaxValue);
        state.Step((int)Math.Min(int.MaxValue, total));
        return new TemplateList([.. Enumerable.Repeat(list.Items, list.Items.Count == 0 ? 0 : (int)Math.Max(0, count)).SelectMany(items => items)], list.IsTuple);
    }
}
