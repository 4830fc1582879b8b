using System.Globalization;
using Rag.Tokenizers.ChatTemplates.Runtime;

namespace Rag.Tokenizers.ChatTemplates.Syntax;

/// <summary>
/// Expressions with Jinja's precedence: inline if, or, and, not, comparisons, + -, ~, * / // %, unary signs, **, then
/// attributes, items, calls, filters and tests.
/// </summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    /// <summary>Links of one chain such as a + b + c; a bound on how deep evaluation goes.</summary>
    private const int MaxChain = 500;

    /// <summary>Levels of nesting, counted where the grammar comes back to itself.</summary>
    private const int MaxDepth = 300;

    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] UnsupportedNames = ["joiner", "cycler", "lipsum", "caller", "varargs", "kwargs"];

    private int _depth;

    /// <summary>Whether what is parsed stands directly in an if: Jinja then looks for filters and tests when they are used.</summary>
    public bool Deferred { get; set; }

    /// <summary>An expression, or several with commas, which are a tuple.</summary>
    public Expression ParseTuple(bool allowConditional = true)
    {
        Expression first = allowConditional ? Parse() : ParseOr();
        if (!tokens.Current.Is(","))
        {
            return first;
        }

        List<Expression> items = [first];
        while (tokens.Take(",") && StartsExpression())
        {
            items.Add(allowConditional ? Parse() : ParseOr());
        }

        return new ListLiteral(items, IsTuple: true);
    }

    public Expression Parse()
    {
        Deepen();
        Expression value = ParseOr();
        int chain = 0;
        while (tokens.Take("if"))
        {
            Expression condition = ParseOr();
            Expression? otherwise = tokens.Take("else") ? Parse() : null;
            value = new Conditional(condition, value, otherwise);
            Count(ref chain);
        }

        _depth--;
        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        for (int chain = 0; tokens.Take("or"); Count(ref chain))
        {
            left = new Or(left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        for (int chain = 0; tokens.Take("and"); Count(ref chain))
        {
            left = new And(left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        Deepen();
        Expression value = tokens.Take("not") ? new Not(ParseNot()) : ParseComparison();
        _depth--;
        return value;
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (true)
        {
            TemplateToken token = tokens.Current;
            if (token.Kind == TokenKind.Operator && Comparisons.Contains(token.Text))
            {
                tokens.Next();
                rest.Add((token.Text, ParseSum()));
            }
            else if (tokens.Take("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (token.Is("not") && tokens.Following.Is("in"))
            {
                tokens.Next();
                tokens.Next();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(first, rest);
            }
        }
    }

    private Expression ParseSum() => ParseBinary(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation()
    {
        Expression first = ParseProduct();
        if (!tokens.Current.Is("~"))
        {
            return first;
        }

        List<Expression> parts = [first];
        while (tokens.Take("~"))
        {
            parts.Add(ParseProduct());
        }

        return new Concatenation(parts);
    }

    private Expression ParseProduct() => ParseBinary(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseBinary(() => ParseUnary(withFilters: true), "**");

    private Expression ParseBinary(Func<Expression> operand, params string[] operators)
    {
        Expression left = operand();
        int chain = 0;
        while (tokens.Current.Kind == TokenKind.Operator && operators.Contains(tokens.Current.Text))
        {
            string op = tokens.Next().Text;
            left = new Binary(op, left, operand());
            Count(ref chain);
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Deepen();
        Expression value = tokens.Take("-") ? new Negation(ParseUnary(false), Negative: true)
            : tokens.Take("+") ? new Negation(ParseUnary(false), Negative: false)
            : ParsePrimary();
        int chain = 0;
        value = ParsePostfix(value, ref chain);
        _depth--;
        return withFilters ? ParseFiltersAndTests(value, ref chain) : value;
    }

    private Expression ParsePrimary()
    {
        TemplateToken token = tokens.Next();
        switch (token.Kind)
        {
            case TokenKind.String:
                string text = token.Text;
                while (tokens.Current.Kind == TokenKind.String)
                {
                    text += tokens.Next().Text;
                }

                return new Literal(text);
            case TokenKind.Integer:
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long whole)
                    ? new Literal(whole)
                    : throw tokens.Unsupported("a whole number of more than 64 bits");
            case TokenKind.Float:
                return new Literal(double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture));
            case TokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Literal(true),
                    "false" or "False" => new Literal(false),
                    "none" or "None" => new Literal(null),
                    _ when UnsupportedNames.Contains(token.Text) => throw tokens.Unsupported($"the name '{token.Text}'"),
                    _ => new Name(token.Text),
                };
            case TokenKind.Operator when token.Text == "(":
                Expression inner = tokens.Current.Is(")") ? new ListLiteral([], IsTuple: true) : ParseTuple();
                tokens.ExpectText(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new ListLiteral(ParseItems("]", Parse), IsTuple: false);
            case TokenKind.Operator when token.Text == "{":
                return new MapLiteral(ParseItems("}", () =>
                {
                    Expression key = Parse();
                    tokens.ExpectText(":");
                    return (key, Parse());
                }));
            default:
                throw tokens.Fault($"'{(token.Text.Length == 0 ? "the end of a tag" : token.Text)}' stands where an expression must");
        }
    }

    private Expression ParsePostfix(Expression value, ref int chain)
    {
        while (true)
        {
            if (tokens.Take("."))
            {
                TemplateToken name = tokens.Next();
                value = name.Kind switch
                {
                    TokenKind.Name => new Member(value, name.Text),
                    TokenKind.Integer => new Item(value, new Literal(long.Parse(name.Text, CultureInfo.InvariantCulture))),
                    _ => throw tokens.Fault("a name is missing after '.'"),
                };
            }
            else if (tokens.Take("["))
            {
                value = ParseSubscript(value);
            }
            else if (tokens.Take("("))
            {
                if (value is Member { Attribute: var method } && !Methods.IsKnown(method))
                {
                    throw tokens.Unsupported($"the method '{method}'");
                }

                value = new Call(value, ParseArguments());
            }
            else
            {
                return value;
            }

            Count(ref chain);
        }
    }

    private Expression ParseSubscript(Expression target)
    {
        Expression? start = tokens.Current.Is(":") ? null : ParseTuple();
        if (!tokens.Take(":"))
        {
            tokens.ExpectText("]");
            return new Item(target, start!);
        }

        Expression? stop = tokens.Current.Is(":") || tokens.Current.Is("]") ? null : Parse();
        Expression? step = tokens.Take(":") && !tokens.Current.Is("]") ? Parse() : null;
        tokens.ExpectText("]");
        return new Slice(target, start, stop, step);
    }

    private Expression ParseFiltersAndTests(Expression value, ref int chain)
    {
        while (true)
        {
            if (tokens.Take("|"))
            {
                string name = tokens.ExpectName();
                if (!Filters.All.TryGetValue(name, out Filter? filter))
                {
                    filter = Deferred && !Filters.OfJinja.Contains(name) ? Filters.Missing(name) : throw tokens.Unsupported($"the filter '{name}'");
                }

                value = new FilterCall(value, name, filter, tokens.Take("(") ? ParseArguments() : ArgumentList.None);
            }
            else if (tokens.Take("is"))
            {
                value = ParseTest(value);
            }
            else if (tokens.Take("("))
            {
                value = new Call(value, ParseArguments());
            }
            else
            {
                return value;
            }

            Count(ref chain);
        }
    }

    private TestCall ParseTest(Expression value)
    {
        bool negated = tokens.Take("not");
        string name = tokens.ExpectName();
        if (!Tests.All.TryGetValue(name, out Test? test))
        {
            throw tokens.Unsupported($"the test '{name}'");
        }

        ArgumentList arguments = ArgumentList.None;
        if (tokens.Take("("))
        {
            arguments = ParseArguments();
        }
        else if (StartsOperand())
        {
            int chain = 0;
            arguments = new ArgumentList([ParsePostfix(ParsePrimary(), ref chain)], []);
        }

        return new TestCall(value, test, arguments, negated);
    }

    private ArgumentList ParseArguments()
    {
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        while (!tokens.Take(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                tokens.ExpectText(",");
                if (tokens.Take(")"))
                {
                    break;
                }
            }

            if (tokens.Current.Is("*") || tokens.Current.Is("**"))
            {
                throw tokens.Unsupported("an argument that is unpacked");
            }

            if (tokens.Current.Kind == TokenKind.Name && tokens.Following.Is("="))
            {
                string name = tokens.ExpectName();
                tokens.Next();
                if (named.Any(argument => argument.Item1 == name))
                {
                    throw tokens.Fault($"the argument '{name}' is given twice");
                }

                named.Add((name, Parse()));
            }
            else if (named.Count > 0)
            {
                throw tokens.Fault("an argument without a name follows one with a name");
            }
            else
            {
                positional.Add(Parse());
            }
        }

        return new ArgumentList(positional, named);
    }

    private List<T> ParseItems<T>(string close, Func<T> item)
    {
        List<T> items = [];
        while (!tokens.Take(close))
        {
            if (items.Count > 0)
            {
                tokens.ExpectText(",");
                if (tokens.Take(close))
                {
                    break;
                }
            }

            items.Add(item());
        }

        return items;
    }

    private bool StartsExpression() => StartsOperand() || tokens.Current.Is("not") || tokens.Current.Is("-") || tokens.Current.Is("+") || tokens.Current.Is("(");

    private bool StartsOperand() => tokens.Current.Kind switch
    {
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Name => tokens.Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not"),
        TokenKind.Operator => tokens.Current.Text is "[" or "{",
        _ => false,
    };

    private void Deepen()
    {
        if (++_depth > MaxDepth)
        {
            throw tokens.Unsupported("an expression nested that deeply");
        }
    }

    private void Count(ref int chain)
    {
        if (++chain > MaxChain)
        {
            throw tokens.Unsupported($"an expression of more than {MaxChain} links");
        }
    }
}
