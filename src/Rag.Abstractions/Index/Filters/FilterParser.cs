using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>
/// Reads a filter's text form: or over and over not over leaves, and parentheses. Bounded before it descends; every complaint names
/// its place.
/// </summary>
internal sealed class FilterParser
{
    private readonly FilterTokens _tokens;
    private int _depth;
    private int _parts;

    public FilterParser(string text)
    {
        _tokens = new(text);
    }

    public MetadataFilter Parse()
    {
        MetadataFilter filter = ParseOr();
        return _tokens.Kind == FilterTokenKind.End ? filter : throw _tokens.Expected("'and', 'or' or the end");
    }

    private MetadataFilter ParseOr() => ParseList("or", ParseAnd, static parts => new OrFilter(parts));

    private MetadataFilter ParseAnd() => ParseList("and", ParseNot, static parts => new AndFilter(parts));

    private MetadataFilter ParseList(string word, Func<MetadataFilter> part, Func<List<MetadataFilter>, MetadataFilter> join)
    {
        List<MetadataFilter> parts = [part()];
        while (_tokens.TryTakeWord(word))
        {
            parts.Add(part());
        }

        return parts.Count == 1 ? parts[0] : Build(() => join(parts));
    }

    private MetadataFilter ParseNot()
    {
        if (!_tokens.IsWord("not") && !_tokens.IsSign("("))
        {
            return ParseLeaf();
        }

        if (++_depth > MetadataFilter.MaxDepth)
        {
            throw _tokens.Fault($"the filter is nested deeper than {MetadataFilter.MaxDepth}");
        }

        MetadataFilter filter;
        if (_tokens.TryTakeWord("not"))
        {
            MetadataFilter inner = ParseNot();
            filter = Build(() => new NotFilter(inner));
        }
        else
        {
            _tokens.Take();
            filter = ParseOr();
            TakeSign(")");
        }

        _depth--;
        return filter;
    }

    private MetadataFilter ParseLeaf()
    {
        CountPart();
        if (_tokens.Kind == FilterTokenKind.Value)
        {
            return ParseBetween();
        }

        string name = TakeName();
        if (_tokens.TryTakeWord("exists"))
        {
            return Build(() => new ExistsFilter(name));
        }

        if (_tokens.TryTakeWord("startswith"))
        {
            string prefix = TakeText();
            return Build(() => new PrefixFilter(name, prefix));
        }

        if (_tokens.TryTakeWord("contains"))
        {
            string text = TakeText();
            return Build(() => new ContainsFilter(name, text));
        }

        return _tokens.TryTakeWord("in") ? ParseAnyOf(name) : ParseComparison(name);
    }

    private MetadataFilter ParseAnyOf(string name)
    {
        TakeSign("(");
        List<MetadataValue> values = [TakeValue()];
        while (_tokens.IsSign(","))
        {
            _tokens.Take();
            CountPart();
            values.Add(TakeValue());
        }

        TakeSign(")");
        return Build(() => new AnyOfFilter(name, values));
    }

    private MetadataFilter ParseComparison(string name)
    {
        string sign = _tokens.Kind == FilterTokenKind.Sign && _tokens.Text is "=" or "==" or "!=" or "<" or "<=" or ">" or ">="
            ? _tokens.Text
            : throw _tokens.Expected("a comparison, 'in', 'startswith', 'contains' or 'exists'");
        _tokens.Take();
        MetadataValue value = TakeValue();
        return Build(() => sign switch
        {
            "=" or "==" => new EqualFilter(name, value),
            "!=" => new NotFilter(new EqualFilter(name, value)),
            "<" or "<=" => new RangeFilter(name, null, value, upperInclusive: sign == "<="),
            _ => new RangeFilter(name, value, null, lowerInclusive: sign == ">="),
        });
    }

    private MetadataFilter ParseBetween()
    {
        MetadataValue lower = TakeValue();
        bool lowerInclusive = TakeBelow();
        string name = TakeName();
        bool upperInclusive = TakeBelow();
        MetadataValue upper = TakeValue();
        return Build(() => new RangeFilter(name, lower, upper, lowerInclusive, upperInclusive));
    }

    private bool TakeBelow()
    {
        bool inclusive = _tokens.IsSign("<=");
        return inclusive || _tokens.IsSign("<") ? _tokens.Take(inclusive) : throw _tokens.Expected("'<' or '<='");
    }

    private string TakeName()
    {
        string name = _tokens.Kind == FilterTokenKind.Name ? _tokens.Text : throw _tokens.Expected("a name");
        return _tokens.Take(name switch
        {
            "id" or "path" => DocumentFields.IdName,
            "title" => DocumentFields.TitleName,
            _ => name,
        });
    }

    private MetadataValue TakeValue()
    {
        MetadataValue value = _tokens.Kind == FilterTokenKind.Value ? _tokens.Value! : throw _tokens.Expected("a value: a number, a text in single quotes, true, false, or @ and a date");
        return _tokens.Take(value);
    }

    private string TakeText()
    {
        string text = _tokens.Kind == FilterTokenKind.Value && _tokens.Value!.Text is { } given ? given : throw _tokens.Expected("a text in single quotes");
        return _tokens.Take(text);
    }

    private void TakeSign(string sign)
    {
        if (!_tokens.IsSign(sign))
        {
            throw _tokens.Expected($"'{sign}'");
        }

        _tokens.Take();
    }

    private void CountPart()
    {
        if (++_parts > MetadataFilter.MaxSize)
        {
            throw _tokens.Fault($"the filter has more than {MetadataFilter.MaxSize} parts");
        }
    }

    // What the filters themselves refuse is said with the place too.
    private MetadataFilter Build(Func<MetadataFilter> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException error)
        {
            throw _tokens.Fault(error.Message, error);
        }
    }
}
