using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>An expression of a template. Immutable.</summary>
internal abstract record Expression
{
    public object? Evaluate(RenderState state)
    {
        state.Step();
        return Run(state);
    }

    protected abstract object? Run(RenderState state);
}

internal sealed record Literal(object? Value) : Expression
{
    protected override object? Run(RenderState state) => Value;
}

internal sealed record Name(string Identifier) : Expression
{
    protected override object? Run(RenderState state) =>
        state.Scope.TryGet(Identifier, out object? value) ? value : new Undefined($"'{Identifier}' is undefined");
}

internal sealed record ListLiteral(IReadOnlyList<Expression> Items, bool IsTuple) : Expression
{
    protected override object? Run(RenderState state) => new TemplateList([.. Items.Select(item => item.Evaluate(state))], IsTuple);
}

internal sealed record MapLiteral(IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression
{
    protected override object? Run(RenderState state)
    {
        var map = new TemplateMap();
        foreach ((Expression key, Expression value) in Items)
        {
            map[key.Evaluate(state)] = value.Evaluate(state);
        }

        return map;
    }
}

internal sealed record Conditional(Expression Condition, Expression Then, Expression? Else) : Expression
{
    protected override object? Run(RenderState state) =>
        Operations.IsTrue(Condition.Evaluate(state)) ? Then.Evaluate(state)
        : Else is null ? new Undefined("the inline if-expression has no else") : Else.Evaluate(state);
}

internal sealed record And(Expression Left, Expression Right) : Expression
{
    protected override object? Run(RenderState state) => Left.Evaluate(state) is var left && Operations.IsTrue(left) ? Right.Evaluate(state) : left;
}

internal sealed record Or(Expression Left, Expression Right) : Expression
{
    protected override object? Run(RenderState state) => Left.Evaluate(state) is var left && Operations.IsTrue(left) ? left : Right.Evaluate(state);
}

internal sealed record Not(Expression Operand) : Expression
{
    protected override object? Run(RenderState state) => !Operations.IsTrue(Operand.Evaluate(state));
}

/// <summary>A chain of comparisons, each with the one before: a &lt; b &lt; c.</summary>
internal sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression
{
    protected override object? Run(RenderState state)
    {
        object? left = First.Evaluate(state);
        foreach ((string op, Expression operand) in Rest)
        {
            object? right = operand.Evaluate(state);
            bool holds = op switch
            {
                "==" => Operations.Equals(left, right),
                "!=" => !Operations.Equals(left, right),
                "in" => Operations.Contains(right, left),
                "not in" => !Operations.Contains(right, left),
                "<" => Operations.Compare(left, right, op) < 0,
                "<=" => Operations.Compare(left, right, op) <= 0,
                ">" => Operations.Compare(left, right, op) > 0,
                _ => Operations.Compare(left, right, op) >= 0,
            };
            if (!holds)
            {
                return false;
            }

            left = right;
        }

        return true;
    }
}

internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression
{
    protected override object? Run(RenderState state) => Arithmetic.Apply(Operator, Left.Evaluate(state), Right.Evaluate(state), state);
}

internal sealed record Negation(Expression Operand, bool Negative) : Expression
{
    protected override object? Run(RenderState state) => Operations.Defined(Operand.Evaluate(state)) switch
    {
        double d => Negative ? -d : d,
        var other => Arithmetic.Apply(Negative ? "-" : "+", 0L, Operations.Integer(other), state),
    };
}

internal sealed record Concatenation(IReadOnlyList<Expression> Parts) : Expression
{
    protected override object? Run(RenderState state)
    {
        string[] parts = [.. Parts.Select(part => Operations.Text(part.Evaluate(state)))];
        state.CheckLength(parts.Sum(part => (long)part.Length));
        return string.Concat(parts);
    }
}

internal sealed record Member(Expression Target, string Attribute) : Expression
{
    protected override object? Run(RenderState state) => Access.Attribute(Target.Evaluate(state), Attribute);
}

internal sealed record Item(Expression Target, Expression Index) : Expression
{
    protected override object? Run(RenderState state) => Access.Item(Target.Evaluate(state), Index.Evaluate(state));
}

internal sealed record Slice(Expression Target, Expression? Start, Expression? Stop, Expression? StepWidth) : Expression
{
    protected override object? Run(RenderState state) =>
        Access.Slice(Target.Evaluate(state), Start?.Evaluate(state), Stop?.Evaluate(state), StepWidth?.Evaluate(state), state);
}

/// <summary>Argument expressions of a call, filter or test.</summary>
internal sealed record ArgumentList(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
{
    public static readonly ArgumentList None = new([], []);

    public Arguments Evaluate(RenderState state) => Positional.Count + Named.Count == 0 ? Arguments.None : new Arguments(
        [.. Positional.Select(argument => argument.Evaluate(state))],
        Named.ToDictionary(argument => argument.Name, argument => argument.Value.Evaluate(state)));
}

internal sealed record Call(Expression Target, ArgumentList Arguments) : Expression
{
    protected override object? Run(RenderState state) => Target.Evaluate(state) switch
    {
        ITemplateCallable callable => callable.Call(state, Arguments.Evaluate(state)),
        var other => throw new TemplateFailure($"'{Operations.TypeName(Operations.Defined(other))}' object is not callable"),
    };
}

internal sealed record FilterCall(Expression Target, string FilterName, Filter Filter, ArgumentList Arguments) : Expression
{
    protected override object? Run(RenderState state) => Filter(state, Target.Evaluate(state), Arguments.Evaluate(state));
}

internal sealed record TestCall(Expression Target, Test Test, ArgumentList Arguments, bool Negated) : Expression
{
    protected override object? Run(RenderState state) => Test(Target.Evaluate(state), Arguments.Evaluate(state)) != Negated;
}
