using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Normal,
    Break,
    Continue,
}

/// <summary>A statement of a template. Immutable.</summary>
internal abstract record Statement
{
    public abstract Flow Execute(RenderState state);
}

internal sealed record Block(IReadOnlyList<Statement> Statements) : Statement
{
    public override Flow Execute(RenderState state)
    {
        foreach (Statement statement in Statements)
        {
            state.Step();
            Flow flow = statement.Execute(state);
            if (flow != Flow.Normal)
            {
                return flow;
            }
        }

        return Flow.Normal;
    }
}

internal sealed record Write(string Text) : Statement
{
    public override Flow Execute(RenderState state)
    {
        state.Write(Text);
        return Flow.Normal;
    }
}

internal sealed record Print(Expression Value) : Statement
{
    public override Flow Execute(RenderState state)
    {
        state.Write(Operations.Print(Value.Evaluate(state)));
        return Flow.Normal;
    }
}

internal sealed record If(IReadOnlyList<(Expression Condition, Block Body)> Branches, Block? Else) : Statement
{
    public override Flow Execute(RenderState state)
    {
        foreach ((Expression condition, Block body) in Branches)
        {
            if (Operations.IsTrue(condition.Evaluate(state)))
            {
                return body.Execute(state);
            }
        }

        return Else?.Execute(state) ?? Flow.Normal;
    }
}

/// <summary>What a value is assigned to: names, or tuples of such.</summary>
internal abstract record Assignable
{
    public abstract void Assign(RenderState state, object? value);
}

internal sealed record NameTarget(string Identifier) : Assignable
{
    public override void Assign(RenderState state, object? value) => state.Scope.Set(Identifier, value);
}

internal sealed record FieldTarget(string Identifier, string Field) : Assignable
{
    public override void Assign(RenderState state, object? value)
    {
        if (!state.Scope.TryGet(Identifier, out object? target) || target is not TemplateNamespace space)
        {
            throw new TemplateFailure("cannot assign attribute on non-namespace object");
        }

        space.Fields[Field] = value;
    }
}

internal sealed record TupleTarget(IReadOnlyList<Assignable> Targets) : Assignable
{
    public override void Assign(RenderState state, object? value)
    {
        IReadOnlyList<object?> items = Operations.Items(Operations.Defined(value));
        if (items.Count != Targets.Count)
        {
            throw new TemplateFailure($"{(items.Count < Targets.Count ? "not enough" : "too many")} values to unpack (expected {Targets.Count})");
        }

        for (int i = 0; i < items.Count; i++)
        {
            Targets[i].Assign(state, items[i]);
        }
    }
}

internal sealed record Set(Assignable Target, Expression Value) : Statement
{
    public override Flow Execute(RenderState state)
    {
        Target.Assign(state, Value.Evaluate(state));
        return Flow.Normal;
    }
}

internal sealed record SetBlock(Assignable Target, Block Body) : Statement
{
    public override Flow Execute(RenderState state)
    {
        Target.Assign(state, state.Capture(new Scope(state.Scope), inner => Body.Execute(inner)));
        return Flow.Normal;
    }
}

internal sealed record For(Assignable Target, Expression Items, Expression? Filter, Block Body, Block? Else) : Statement
{
    public override Flow Execute(RenderState state)
    {
        IReadOnlyList<object?> items = Operations.Items(Items.Evaluate(state));
        Scope outer = state.Scope;
        try
        {
            if (Filter is not null)
            {
                items = [.. items.Where(item => Passes(state, outer, item))];
            }

            state.Scope = outer;
            if (items.Count == 0)
            {
                return Else?.Execute(state) ?? Flow.Normal;
            }

            var loop = new LoopState(items);
            for (; loop.Index < items.Count; loop.Index++)
            {
                state.Step();
                state.Scope = new Scope(outer);
                state.Scope.Set("loop", loop);
                Target.Assign(state, items[loop.Index]);
                if (Body.Execute(state) == Flow.Break)
                {
                    break;
                }
            }
        }
        finally
        {
            state.Scope = outer;
        }

        return Flow.Normal;
    }

    private bool Passes(RenderState state, Scope outer, object? item)
    {
        state.Scope = new Scope(outer);
        Target.Assign(state, item);
        return Operations.IsTrue(Filter!.Evaluate(state));
    }
}

internal sealed record Jump(Flow Flow) : Statement
{
    public override Flow Execute(RenderState state) => Flow;
}

internal sealed record MacroDefinition(string MacroName, IReadOnlyList<(string Name, Expression? Default)> Parameters, Block Body) : Statement
{
    public override Flow Execute(RenderState state)
    {
        state.Scope.Set(MacroName, new Macro(this, state.Scope));
        return Flow.Normal;
    }
}

/// <summary>A macro with the scope that it was defined in.</summary>
internal sealed class Macro(MacroDefinition definition, Scope scope) : ITemplateCallable
{
    public object? Get(string attribute) => attribute switch
    {
        "name" => definition.MacroName,
        "arguments" => new TemplateList([.. definition.Parameters.Select(parameter => parameter.Name)], IsTuple: true),
        _ => null,
    };

    public object? Call(RenderState state, Arguments arguments)
    {
        if (arguments.Positional.Count > definition.Parameters.Count)
        {
            throw new TemplateFailure($"macro '{definition.MacroName}' takes not more than {definition.Parameters.Count} argument(s)");
        }

        foreach (string name in arguments.Named.Keys)
        {
            if (!definition.Parameters.Any(parameter => parameter.Name == name))
            {
                throw new TemplateFailure($"macro '{definition.MacroName}' takes no keyword argument '{name}'");
            }
        }

        return state.Capture(new Scope(scope), inner =>
        {
            for (int i = 0; i < definition.Parameters.Count; i++)
            {
                (string name, Expression? fallback) = definition.Parameters[i];
                inner.Scope.Set(name, arguments.Has(i, name) ? arguments.Get(i, name) : fallback?.Evaluate(inner) ?? (fallback is null ? new Undefined($"parameter '{name}' was not provided") : null));
            }

            definition.Body.Execute(inner);
        });
    }
}
