using System.Globalization;
using System.Text;

namespace Rag.Tokenizers.ChatTemplates.Syntax;

/// <summary>
/// Cuts a template into tokens, with Jinja's white-space rules as transformers sets them: trim_blocks (the line end after a
/// tag goes) and lstrip_blocks (the indentation before a tag goes); "-" in a tag takes all white space on its side, "+" keeps it.
/// One line end at the very end goes too, and line ends become \n.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Operators = ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", ";"];

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _lineStart = true;

    private TemplateLexer(string source) => _source = source;

    public static List<TemplateToken> Read(string source)
    {
        string normalized = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new TemplateLexer(normalized.EndsWith('\n') ? normalized[..^1] : normalized);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_at < _source.Length)
        {
            int open = FindOpen();
            if (open < 0)
            {
                AddText(_source[_at..], trimEnd: false);
                Advance(_source.Length);
                break;
            }

            char kind = _source[open + 1];
            char sign = open + 2 < _source.Length && _source[open + 2] is '-' or '+' ? _source[open + 2] : '\0';
            string text = _source[_at..open];
            bool strip = sign == '-';
            if (!strip && sign != '+' && kind != '{')
            {
                text = StripIndentation(text);
            }

            AddText(text, strip);
            int inside = open + (sign == '\0' ? 2 : 3);
            Advance(open);
            switch (kind)
            {
                case '#':
                    ReadComment(inside);
                    break;
                case '%' when TryReadRaw(inside):
                    break;
                default:
                    ReadTag(kind == '%', inside);
                    break;
            }
        }

        _tokens.Add(new TemplateToken(TokenKind.End, "", _line));
    }

    private int FindOpen()
    {
        for (int i = _at; i + 1 < _source.Length; i++)
        {
            i = _source.IndexOf('{', i);
            if (i < 0 || i + 1 >= _source.Length)
            {
                return -1;
            }

            if (_source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    private string StripIndentation(string text)
    {
        int lineStart = text.LastIndexOf('\n') + 1;
        return (lineStart > 0 || _lineStart) && text.AsSpan(lineStart).IsWhiteSpace() ? text[..lineStart] : text;
    }

    private void AddText(string text, bool trimEnd)
    {
        text = trimEnd ? text.TrimEnd() : text;
        if (text.Length > 0)
        {
            _tokens.Add(new TemplateToken(TokenKind.Text, text, _line));
        }
    }

    private void ReadComment(int inside)
    {
        int close = _source.IndexOf("#}", inside, StringComparison.Ordinal);
        if (close < 0)
        {
            throw Fault("a comment does not end");
        }

        Close(close, 2, block: true, _source[close - 1]);
    }

    private bool TryReadRaw(int inside)
    {
        ReadOnlySpan<char> rest = _source.AsSpan(inside);
        int begin = rest.Length - rest.TrimStart().Length;
        if (!rest[begin..].StartsWith("raw") || inside + begin + 3 >= _source.Length)
        {
            return false;
        }

        int end = SkipSpace(inside + begin + 3);

        bool signed = end < _source.Length && _source[end] is '-' or '+';
        char sign = signed ? _source[end] : '\0';
        end += signed ? 1 : 0;
        if (!_source.AsSpan(end).StartsWith("%}"))
        {
            return false;
        }

        Close(end, 2, block: true, sign);
        for (int at = _at; ;)
        {
            int open = _source.IndexOf("{%", at, StringComparison.Ordinal);
            if (open < 0)
            {
                throw Fault("'raw' has no 'endraw'");
            }

            int tag = open + 2;
            char openSign = tag < _source.Length && _source[tag] is '-' or '+' ? _source[tag++] : '\0';
            tag = SkipSpace(tag);
            if (_source.AsSpan(tag).StartsWith("endraw"))
            {
                tag = SkipSpace(tag + "endraw".Length);
                char closeSign = tag < _source.Length && _source[tag] is '-' or '+' ? _source[tag++] : '\0';
                if (_source.AsSpan(tag).StartsWith("%}"))
                {
                    string text = _source[_at..open];
                    AddText(openSign == '\0' ? StripIndentation(text) : text, openSign == '-');
                    Advance(open);
                    Close(tag, 2, block: true, closeSign);
                    return true;
                }
            }

            at = open + 2;
        }
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && char.IsWhiteSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private void ReadTag(bool block, int inside)
    {
        _tokens.Add(new TemplateToken(block ? TokenKind.TagStart : TokenKind.PrintStart, "", _line));
        string end = block ? "%}" : "}}";
        int depth = 0;
        Advance(inside);
        while (true)
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
            {
                Advance(_at + 1);
            }

            if (_at >= _source.Length)
            {
                throw Fault("a tag does not end");
            }

            char c = _source[_at];
            bool signed = c is '-' or '+' && string.CompareOrdinal(_source, _at + 1, end, 0, 2) == 0;
            if (depth == 0 && (signed || string.CompareOrdinal(_source, _at, end, 0, 2) == 0))
            {
                _tokens.Add(new TemplateToken(block ? TokenKind.TagEnd : TokenKind.PrintEnd, "", _line));
                Close(signed ? _at + 1 : _at, 2, block, signed ? c : '\0');
                return;
            }

            ReadToken(c, ref depth);
        }
    }

    private void ReadToken(char c, ref int depth)
    {
        if (c is '"' or '\'')
        {
            ReadString(c);
        }
        else if (char.IsAsciiDigit(c))
        {
            ReadNumber();
        }
        else if (char.IsLetter(c) || c == '_')
        {
            int end = _at + 1;
            while (end < _source.Length && (char.IsLetterOrDigit(_source[end]) || _source[end] == '_'))
            {
                end++;
            }

            Add(TokenKind.Name, end);
        }
        else
        {
            string found = Operators.FirstOrDefault(o => string.CompareOrdinal(_source, _at, o, 0, o.Length) == 0)
                ?? throw Fault($"the character '{c}' has no meaning in a tag");
            depth += found is "(" or "[" or "{" ? 1 : found is ")" or "]" or "}" ? -1 : 0;
            Add(TokenKind.Operator, _at + found.Length);
        }
    }

    private void ReadNumber()
    {
        int end = _at;
        if (_source[_at] == '0' && _at + 1 < _source.Length && char.ToLowerInvariant(_source[_at + 1]) is 'x' or 'b' or 'o')
        {
            throw Unsupported("a number that is not decimal");
        }

        bool real = false;
        while (end < _source.Length && (char.IsAsciiDigit(_source[end]) || (_source[end] == '_' && end + 1 < _source.Length && char.IsAsciiDigit(_source[end + 1]))))
        {
            end++;
        }

        if (end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
        {
            real = true;
            for (end++; end < _source.Length && char.IsAsciiDigit(_source[end]);)
            {
                end++;
            }
        }

        int exponent = end + 1;
        if (end < _source.Length && _source[end] is 'e' or 'E')
        {
            exponent += exponent < _source.Length && _source[exponent] is '+' or '-' ? 1 : 0;
            if (exponent < _source.Length && char.IsAsciiDigit(_source[exponent]))
            {
                real = true;
                for (end = exponent; end < _source.Length && char.IsAsciiDigit(_source[end]);)
                {
                    end++;
                }
            }
        }

        string digits = _source[_at..end].Replace("_", "", StringComparison.Ordinal);
        _tokens.Add(new TemplateToken(real ? TokenKind.Float : TokenKind.Integer, digits, _line));
        Advance(end);
    }

    private void ReadString(char quote)
    {
        var value = new StringBuilder();
        int at = _at + 1;
        for (; at < _source.Length && _source[at] != quote; at++)
        {
            if (_source[at] != '\\' || at + 1 >= _source.Length)
            {
                value.Append(_source[at]);
                continue;
            }

            char escape = _source[++at];
            switch (escape)
            {
                case 'n': value.Append('\n'); break;
                case 't': value.Append('\t'); break;
                case 'r': value.Append('\r'); break;
                case '\n': break;
                case '\\' or '\'' or '"': value.Append(escape); break;
                case 'x': AppendHex(value, ref at, 2); break;
                case 'u': AppendHex(value, ref at, 4); break;
                case 'U' or 'N' or 'a' or 'b' or 'f' or 'v' or (>= '0' and <= '7'): throw Unsupported($"the escape '\\{escape}' in a string");
                default: value.Append('\\').Append(escape); break;
            }
        }

        if (at >= _source.Length)
        {
            throw Fault("a string does not end");
        }

        _tokens.Add(new TemplateToken(TokenKind.String, value.ToString(), _line));
        Advance(at + 1);
    }

    private void AppendHex(StringBuilder value, ref int at, int digits)
    {
        if (at + digits >= _source.Length || !ushort.TryParse(_source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
        {
            throw Fault("a hexadecimal escape in a string is cut short");
        }

        value.Append((char)unit);
        at += digits;
    }

    private void Add(TokenKind kind, int end)
    {
        _tokens.Add(new TemplateToken(kind, _source[_at..end], _line));
        Advance(end);
    }

    /// <summary>Moves behind a closing mark and settles what becomes of the white space there.</summary>
    private void Close(int mark, int length, bool block, char sign)
    {
        int end = mark + length;
        if (sign == '-')
        {
            while (end < _source.Length && char.IsWhiteSpace(_source[end]))
            {
                end++;
            }
        }
        else if (block && sign != '+' && end < _source.Length && _source[end] == '\n')
        {
            end++;
        }

        Advance(end);
        _lineStart = _source[end - 1] == '\n';
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    private CorruptException Fault(string what) => new(string.Create(CultureInfo.InvariantCulture, $"The chat template is not sound: on line {_line} {what}."));

    private UnsupportedException Unsupported(string what) => new(string.Create(CultureInfo.InvariantCulture, $"The chat template has on line {_line} {what}, which is not supported."));
}
