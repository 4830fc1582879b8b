using System.Globalization;
using System.Text;

namespace Rag.Runtime.Generation.Constraints.Patterns;

/// <summary>Reads the classes in brackets and the escapes of a pattern.</summary>
internal sealed class PatternClassReader(string text, bool narrow)
{
    /// <summary>Reads a class from its '[' to behind its ']'.</summary>
    public CodePointSet Read(ref int at)
    {
        int start = at++;
        bool negated = at < text.Length && text[at] == '^';
        at += negated ? 1 : 0;
        List<CodePointSet> parts = [];
        bool first = true;
        while (true)
        {
            if (at >= text.Length)
            {
                throw Broken(start, "a class is not closed");
            }

            // A ']' at the very beginning is a character for Python, and ends an empty class for JavaScript.
            if (text[at] == ']' && (!first || narrow))
            {
                at++;
                break;
            }

            first = false;
            CodePointSet low = Item(ref at);
            if (at + 1 < text.Length && text[at] == '-' && text[at + 1] != ']')
            {
                at++;
                CodePointSet high = Item(ref at);
                low = Single(low) is { } from && Single(high) is { } to && from <= to
                    ? CodePointSet.Of((from, to))
                    : throw Broken(start, "a range in a class goes from no character to a higher one");
            }

            parts.Add(low);
        }

        CodePointSet set = CodePointSet.Of(parts.SelectMany(part => part.Ranges));
        return negated ? set.Complement() : set;
    }

    /// <summary>Reads an escape from its backslash on.</summary>
    public CodePointSet Escape(ref int at, bool inClass)
    {
        int start = at++;
        if (at >= text.Length)
        {
            throw Broken(start, "it ends with a backslash");
        }

        char c = text[at++];
        if (CharacterClasses.Named(c, narrow) is { } named)
        {
            return named;
        }

        return c switch
        {
            'n' => One('\n'),
            'r' => One('\r'),
            't' => One('\t'),
            'f' => One('\f'),
            'v' => One('\v'),
            'a' when !narrow => One('\a'),
            'b' when inClass => One('\b'),
            'x' => One(Hex(ref at, 2, start)),
            'u' => One(Unit(ref at, start)),
            'U' when !narrow => One(Hex(ref at, 8, start)),
            '0' => One('\0'),
            'b' or 'B' => throw Unsupported(start, "a word boundary"),
            >= '1' and <= '9' => throw Unsupported(start, "a back-reference"),
            'p' or 'P' => throw Unsupported(start, "a Unicode property"),
            _ when char.IsAsciiLetter(c) => throw Unsupported(start, $"the escape \\{c}"),
            _ when char.IsSurrogate(c) => One(char.ConvertToUtf32(text, ++at - 2)),
            _ => One(c),
        };
    }

    private CodePointSet Item(ref int at)
    {
        if (text[at] == '\\')
        {
            return Escape(ref at, inClass: true);
        }

        Rune.TryGetRuneAt(text, at, out Rune rune);
        at += Math.Max(1, rune.Utf16SequenceLength);
        return One(rune.Value);
    }

    // JavaScript writes a character beyond U+FFFF as two units.
    private int Unit(ref int at, int start)
    {
        int unit = Hex(ref at, 4, start);
        if (unit is >= 0xD800 and <= 0xDBFF && text.AsSpan(at).StartsWith("\\u", StringComparison.Ordinal))
        {
            at += 2;
            int low = Hex(ref at, 4, start);
            return low is >= 0xDC00 and <= 0xDFFF ? char.ConvertToUtf32((char)unit, (char)low) : throw Broken(start, "it has half a surrogate pair");
        }

        return unit;
    }

    private int Hex(ref int at, int digits, int start)
    {
        if (at + digits > text.Length || !int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || value is < 0 or > CodePointSet.Last)
        {
            throw Broken(start, "an escape lacks its hexadecimal digits");
        }

        at += digits;
        return value;
    }

    private static CodePointSet One(int value) => CodePointSet.Of((value, value));

    private static int? Single(CodePointSet set) => set.Ranges is [var (first, last)] && first == last ? first : null;

    private ArgumentException Broken(int at, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The pattern '{text}' is not a regular expression: {what} at {at}."));

    private UnsupportedException Unsupported(int at, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The pattern '{text}' has {what} at {at}, which a constraint cannot follow; write it without."));
}
