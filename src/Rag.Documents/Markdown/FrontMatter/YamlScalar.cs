using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rag.Documents;

/// <summary>
/// One value of YAML on one line: in double quotes, in single quotes, or plain (YAML 1.2, sections 7.3 and 10.3). Untyped it is a text; typed a plain one is
/// what the core schema says, and a date or moment in the forms of YAML's timestamp type, in UTC where no offset is named.
/// </summary>
/// <param name="Text">The text; null for a null.</param>
/// <param name="IsPlain">Whether it stood there without quotes, so that it may be more than a text.</param>
internal readonly record struct YamlScalar(string? Text, bool IsPlain)
{
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t");

    private static readonly string[] TimeForms =
    [
        .. from between in (string[])["'T'", "'t'", " "]
           from time in (string[])["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"]
           from zone in (string[])["K", " K"]
           select "yyyy-MM-dd" + between + time + zone,
    ];

    /// <summary>Reads a value that is all of a text; false for what is no such value.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out YamlScalar scalar)
    {
        scalar = new(null, true);
        text = text.Trim(" \t");
        if (text.IsEmpty || text is "~" or "null" or "Null" or "NULL")
        {
            return true;
        }

        switch (text[0])
        {
            case '"' or '\'':
                int length = QuotedLength(text);
                string? content = length == text.Length ? text[0] == '"' ? Unescape(text[1..^1]) : text[1..^1].ToString().Replace("''", "'", StringComparison.Ordinal) : null;
                scalar = new(content, false);
                return content is not null;
            case '|' or '>' or '&' or '*' or '!' or '{' or '}' or '[' or ']' or '%' or '@' or '`' or ',':
                return false;
            case '-' or '?' or ':' when text.Length == 1 || Blanks.Contains(text[1]):
                return false;
            default:
                scalar = new(text.ToString(), true);
                return true;
        }
    }

    /// <summary>Its typed value; null for a null, and for a text that is too long.</summary>
    public MetadataValue? ToValue()
    {
        if (Text is null || Text.Length > MetadataValue.MaxTextLength)
        {
            return null;
        }

        return !IsPlain ? Text : Text switch
        {
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ => ToNumber(Text) ?? (ToTime(Text) is { } time ? time : (MetadataValue)Text),
        };
    }

    /// <summary>Takes a name and the colon behind it off a line; null where none stands there.</summary>
    public static string? TakeName(ref ReadOnlySpan<char> line)
    {
        int end = line[0] is '"' or '\'' ? QuotedLength(line) : Colon(line);
        if (end <= 0 || !TryRead(line[..end], out YamlScalar name))
        {
            return null;
        }

        ReadOnlySpan<char> rest = line[end..].TrimStart(" \t");
        if (rest.IsEmpty || rest[0] != ':' || (rest.Length > 1 && !Blanks.Contains(rest[1])))
        {
            return null;
        }

        line = rest[1..].Trim(" \t");
        return name.Text;
    }

    /// <summary>Whether a plain value is a name with a value of its own.</summary>
    public static bool IsMapping(ReadOnlySpan<char> text) => !text.IsEmpty && text[0] is not ('"' or '\'') && Colon(text) >= 0;

    /// <summary>A value without the comment behind it and the blanks around it.</summary>
    public static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> text)
    {
        text = text.Trim(" \t");
        int at = text.IsEmpty || text[0] is not ('"' or '\'') ? 0 : Math.Max(0, QuotedLength(text));
        for (; at < text.Length; at++)
        {
            if (text[at] == '#' && (at == 0 || Blanks.Contains(text[at - 1])))
            {
                return text[..at].TrimEnd(" \t");
            }
        }

        return text;
    }

    /// <summary>How long the first value of a list within brackets is; -1 where one of more than a single value stands there.</summary>
    public static int LengthInFlow(ReadOnlySpan<char> text)
    {
        int quoted = text[0] is '"' or '\'' ? QuotedLength(text) : 0;
        int end = quoted < 0 ? -1 : text[quoted..].IndexOfAny(",[]{}");
        return quoted < 0 || (end >= 0 && text[quoted + end] != ',') ? -1 : end < 0 ? text.Length : quoted + end;
    }

    private static int Colon(ReadOnlySpan<char> text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] == ':' && (at + 1 == text.Length || Blanks.Contains(text[at + 1])))
            {
                return at;
            }
        }

        return -1;
    }

    // With both quotes; -1 where it has no end.
    private static int QuotedLength(ReadOnlySpan<char> text)
    {
        for (int at = 1; at < text.Length; at++)
        {
            if (text[at] == '\\' && text[0] == '"')
            {
                at++;
            }
            else if (text[at] == text[0])
            {
                if (text[0] == '"' || at + 1 == text.Length || text[at + 1] != '\'')
                {
                    return at + 1;
                }

                at++;
            }
        }

        return -1;
    }

    // Null for an escape that YAML does not know, and for half a surrogate pair.
    private static string? Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var unescaped = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                unescaped.Append(text[at]);
                continue;
            }

            char sign = ++at < text.Length ? text[at] : '\0';
            int digits = sign switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0)
            {
                if (at + digits >= text.Length
                    || !int.TryParse(text.Slice(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || !Rune.IsValid(code))
                {
                    return null;
                }

                unescaped.Append(new Rune(code).ToString());
                at += digits;
            }
            else if (Escaped(sign) is { } plain)
            {
                unescaped.Append(plain);
            }
            else
            {
                return null;
            }
        }

        return unescaped.ToString();
    }

    private static char? Escaped(char sign) => sign switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '"' or '\\' or '/' or ' ' => sign,
        '_' => '\u00A0',
        'N' => '\u0085',
        'L' => '\u2028',
        'P' => '\u2029',
        _ => null,
    };

    // A number with zeros before it is a code of some kind; its zeros matter.
    private static MetadataValue? ToNumber(string text)
    {
        string digits = text.TrimStart('-', '+');
        if (digits.Length < text.Length - 1 || digits.Length == 0 || !digits.Any(char.IsAsciiDigit) || (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1])))
        {
            return null;
        }

        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole
            : digits.All(char.IsAsciiDigit) ? null
            : double.TryParse(text, Real, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real) ? real : null;
    }

    private static DateTimeOffset? ToTime(string text) =>
        text.Length is >= 10 and <= 40 && char.IsAsciiDigit(text[0])
        && (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            || DateTimeOffset.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            ? time
            : null;
}
