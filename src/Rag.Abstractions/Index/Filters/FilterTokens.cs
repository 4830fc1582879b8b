using System.Globalization;
using Rag.Documents;

namespace Rag.Index.Filters;

/// <summary>Cuts a filter's text form into pieces, one ahead.</summary>
internal sealed class FilterTokens
{
    private static readonly string[] TimeForms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    private readonly string _text;
    private int _start;
    private int _next;

    public FilterTokens(string text)
    {
        _text = text.Length <= MetadataFilter.MaxTextLength
            ? text
            : throw new FormatException($"The filter is longer than {MetadataFilter.MaxTextLength} characters.");
        Take();
    }

    /// <summary>What the piece ahead is.</summary>
    public FilterTokenKind Kind { get; private set; }

    /// <summary>The piece ahead: a name without its quotes, a word in lower case, a sign.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The value ahead, or null.</summary>
    public MetadataValue? Value { get; private set; }

    public bool IsWord(string word) => Kind == FilterTokenKind.Word && Text == word;

    public bool IsSign(string sign) => Kind == FilterTokenKind.Sign && Text == sign;

    public bool TryTakeWord(string word) => IsWord(word) && Take(true);

    /// <summary>Goes on, and gives back what the caller has read.</summary>
    public T Take<T>(T read)
    {
        Take();
        return read;
    }

    /// <summary>Goes on to the next piece.</summary>
    public void Take()
    {
        while (_next < _text.Length && char.IsWhiteSpace(_text[_next]))
        {
            _next++;
        }

        (_start, Value, Text) = (_next, null, "");
        char c = _next < _text.Length ? _text[_next] : '\0';
        switch (c)
        {
            case '\0' when _next == _text.Length:
                Kind = FilterTokenKind.End;
                break;
            case '\'':
                SetValue(Of(Quoted('\'')));
                break;
            case '"':
                (Kind, Text) = (FilterTokenKind.Name, Quoted('"'));
                break;
            case '@':
                _next++;
                SetValue(Time(While(static c => c is '-' or ':' or '.' or '+' || char.IsAsciiLetterOrDigit(c))));
                break;
            case '-' or (>= '0' and <= '9'):
                _next++;
                SetValue(Number(While(static c => c is '-' or '.' or '+' || char.IsAsciiLetterOrDigit(c))));
                break;
            case '(' or ')' or ',' or '=' or '<' or '>' or '!':
                int length = _next + 1 < _text.Length && _text[_next + 1] == '=' && c is '=' or '<' or '>' or '!' ? 2 : 1;
                Sign(length);
                break;
            default:
                Name();
                break;
        }
    }

    /// <summary>The complaint that something else stands here.</summary>
    public FormatException Expected(string what) =>
        Fault(Kind == FilterTokenKind.End ? $"{what} is missing at the end" : $"{what} is expected, not {_text[_start.._next]}");

    /// <summary>A complaint about this place.</summary>
    public FormatException Fault(string what, Exception? inner = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The filter cannot be read at character {_start + 1}: {what}"), inner);

    private void SetValue(MetadataValue value) => (Kind, Value) = (FilterTokenKind.Value, value);

    private void Sign(int length)
    {
        length = _next + length <= _text.Length ? length : 1;
        (Kind, Text) = (FilterTokenKind.Sign, _text.Substring(_next, length));
        _next += length;
    }

    private void Name()
    {
        if (!FilterText.BeginsName(_text[_next]))
        {
            _next++;
            throw Fault("this character has no meaning here; texts stand in single quotes");
        }

        string name = While(FilterText.ContinuesName);
        if (!FilterText.IsWord(name))
        {
            (Kind, Text) = (FilterTokenKind.Name, name);
            return;
        }

        (Kind, Text) = (FilterTokenKind.Word, name.ToLowerInvariant());
        if (Text is "true" or "false")
        {
            SetValue(MetadataValue.Of(Text == "true"));
        }
    }

    private string Quoted(char quote)
    {
        int start = ++_next;
        while (true)
        {
            int end = _text.IndexOf(quote, _next);
            if (end < 0)
            {
                _next = _text.Length;
                throw Fault($"the {quote} that ends this is missing");
            }

            _next = end + 1;
            if (_next == _text.Length || _text[_next] != quote)
            {
                return _text[start..end].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
            }

            _next++;
        }
    }

    private string While(Func<char, bool> belongs)
    {
        while (_next < _text.Length && belongs(_text[_next]))
        {
            _next++;
        }

        return _text[_start.._next];
    }

    private MetadataValue Of(string text)
    {
        try
        {
            return MetadataValue.Of(text);
        }
        catch (ArgumentException error)
        {
            throw Fault(error.Message, error);
        }
    }

    private MetadataValue Number(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
        {
            return integer;
        }

        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Real, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real)
            ? real
            : throw Fault($"{text} is no number; texts stand in single quotes");
    }

    private MetadataValue Time(string text) =>
        DateTimeOffset.TryParseExact(text[1..], TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw Fault($"{text} is no date such as @2024-01-31 or @2024-01-31T12:00:00+01:00");
}
