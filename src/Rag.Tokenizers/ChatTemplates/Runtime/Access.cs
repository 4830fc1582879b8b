using Rag.Tokenizers.ChatTemplates.Values;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>value.name, value[index] and slices. Values have the attributes named here and no others: nothing is reflected.</summary>
internal static class Access
{
    public static object? Attribute(object? target, string name)
    {
        Operations.Defined(target);
        if (name.StartsWith('_') || Methods.IsMutating(target, name))
        {
            return new Undefined($"access to attribute '{name}' of '{Operations.TypeName(target)}' object is unsafe");
        }

        return target switch
        {
            Macro macro => macro.Get(name) ?? Missing(target, name),
            LoopState loop => loop.Get(name),
            TemplateNamespace space => space.Fields.TryGetValue(name, out object? field) ? field : Missing(target, name),
            _ when Methods.Find(target, name) is { } method => method,
            TemplateMap map => map.TryGet(name, out object? value) ? value : Missing(target, name),
            _ => Missing(target, name),
        };
    }

    public static object? Item(object? target, object? index)
    {
        switch (Operations.Defined(target))
        {
            case TemplateMap map when map.TryGet(index, out object? value):
                return value;
            case TemplateNamespace space when index is string field:
                return space.Fields.TryGetValue(field, out object? set) ? set : Missing(target, field);
            case LoopState loop when index is string part:
                return loop.Get(part);
            case TemplateList list when index is long or bool:
                long at = Operations.Integer(index);
                at += at < 0 ? list.Items.Count : 0;
                return at >= 0 && at < list.Items.Count ? list.Items[(int)at] : Missing(target, Operations.Print(index));
            case string text when index is long or bool:
                IReadOnlyList<object?> characters = Operations.Items(text);
                long place = Operations.Integer(index);
                place += place < 0 ? characters.Count : 0;
                return place >= 0 && place < characters.Count ? characters[(int)place] : Missing(target, Operations.Print(index));
            default:
                return index is string name && target is not TemplateMap && !name.StartsWith('_') ? Attribute(target, name) : Missing(target, Operations.Print(index));
        }
    }

    public static object? Slice(object? target, object? start, object? stop, object? step, RenderState state)
    {
        if (Operations.Defined(target) is not (string or TemplateList))
        {
            throw new TemplateFailure($"'{Operations.TypeName(target)}' object cannot be sliced");
        }

        IReadOnlyList<object?> items = Operations.Items(target);
        state.Step(items.Count >> 4);
        long width = step is null ? 1 : Operations.Integer(step);
        if (width == 0)
        {
            throw new TemplateFailure("slice step cannot be zero");
        }

        long last = width > 0 ? items.Count : items.Count - 1;
        long from = Bound(start, width > 0 ? 0 : last);
        long to = Bound(stop, width > 0 ? last : -1);
        List<object?> taken = [];
        for (long i = from; width > 0 ? i < to : i > to; i += width)
        {
            taken.Add(items[(int)i]);
        }

        return target is TemplateList list ? new TemplateList(taken, list.IsTuple) : string.Concat(taken);

        long Bound(object? bound, long fallback)
        {
            if (bound is null)
            {
                return fallback;
            }

            long value = Operations.Integer(bound);
            value += value < 0 ? items.Count : 0;
            return Math.Clamp(value, width > 0 ? 0 : -1, last);
        }
    }

    private static Undefined Missing(object? target, string name) =>
        new(target is null ? $"'None' has no attribute '{name}'" : $"'{Operations.TypeName(target)} object' has no attribute '{name}'");
}
