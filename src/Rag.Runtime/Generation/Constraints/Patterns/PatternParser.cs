using System.Globalization;
using System.Text;
using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Patterns;

/// <summary>
/// Reads patterns in the syntax that Python's re and JavaScript share, and refuses by name what is no regular language:
/// back-references, look-around, word boundaries, conditions, atomic groups.
/// </summary>
internal sealed class PatternParser
{
    private readonly string _text;
    private readonly bool _narrow;
    private readonly bool _dotAll;
    private readonly bool _ignoreCase;
    private readonly ConstraintOptions _options;
    private int _at;
    private int _depth;

    private PatternParser(string text, bool narrow, string flags, ConstraintOptions options)
    {
        _text = text;
        _narrow = narrow;
        _dotAll = flags.Contains('s', StringComparison.Ordinal);
        _ignoreCase = flags.Contains('i', StringComparison.Ordinal);
        _options = options;
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="narrow">Whether \d, \w and \s take what Python and JavaScript agree on; else they are Python's, of all Unicode.</param>
    /// <param name="flags">i for both cases, s for a dot that takes line ends.</param>
    /// <param name="options">The limits.</param>
    /// <exception cref="ArgumentException">The pattern breaks the syntax.</exception>
    /// <exception cref="UnsupportedException">It asks for what is no regular language.</exception>
    public static PatternNode Parse(string text, bool narrow, string flags, ConstraintOptions options)
    {
        if (text.Length > options.MaxSourceLength)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxSourceLength), options.MaxSourceLength, text.Length, "The pattern");
        }

        PatternParser parser = new(text, narrow, flags, options);
        PatternNode node = parser.Choice();
        return parser._at == text.Length ? node : throw parser.Broken("a ')' closes no group");
    }

    private PatternNode Choice()
    {
        if (++_depth > _options.MaxNesting)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxNesting), _options.MaxNesting, _depth, "The pattern");
        }

        List<PatternNode> choices = [Sequence()];
        while (Take('|'))
        {
            choices.Add(Sequence());
        }

        _depth--;
        return choices.Count == 1 ? choices[0] : new PatternNode.Choice(choices);
    }

    private PatternNode Sequence()
    {
        List<PatternNode> parts = [];
        while (_at < _text.Length && _text[_at] is not ('|' or ')'))
        {
            parts.Add(Repeated(Atom()));
        }

        return parts.Count == 1 ? parts[0] : new PatternNode.Sequence(parts);
    }

    private PatternNode Repeated(PatternNode atom)
    {
        if (!TryQuantifier(out int min, out int max))
        {
            return atom;
        }

        if (atom is PatternNode.Anchor)
        {
            throw Broken("an anchor is repeated");
        }

        // A lazy quantifier matches the same whole texts; a possessive one does not.
        if (!Take('?') && Take('+'))
        {
            throw Unsupported("a possessive quantifier");
        }

        return TryQuantifier(out _, out _) ? throw Broken("a quantifier follows a quantifier") : new PatternNode.Repetition(atom, min, max);
    }

    private bool TryQuantifier(out int min, out int max)
    {
        (min, max) = (0, ByteLanguages.Unlimited);
        if (_at >= _text.Length)
        {
            return false;
        }

        switch (_text[_at])
        {
            case '*':
                break;
            case '+':
                min = 1;
                break;
            case '?':
                max = 1;
                break;
            case '{':
                return TryBraces(ref min, ref max);
            default:
                return false;
        }

        _at++;
        return true;
    }

    // Braces that hold no numbers are characters, in Python as in JavaScript without the flag u.
    private bool TryBraces(ref int min, ref int max)
    {
        int close = _text.IndexOf('}', _at);
        string[] bounds = close < 0 ? [] : _text[(_at + 1)..close].Split(',');
        if (bounds.Length is not (1 or 2) || (bounds is [""] or ["", ""]) || !bounds.All(bound => bound.All(char.IsAsciiDigit)))
        {
            return false;
        }

        min = Count(bounds[0], 0);
        max = bounds.Length == 1 ? min : Count(bounds[1], ByteLanguages.Unlimited);
        if (max != ByteLanguages.Unlimited && max < min)
        {
            throw Broken("a quantifier's most is less than its fewest");
        }

        _at = close + 1;
        return true;
    }

    private int Count(string digits, int missing) =>
        digits.Length == 0 ? missing : int.TryParse(digits, CultureInfo.InvariantCulture, out int count) ? count : throw Broken("a quantifier is too large");

    private PatternNode Atom()
    {
        char c = _text[_at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return Class(new PatternClassReader(_text, _narrow).Read(ref _at));
            case '.':
                _at++;
                return new PatternNode.Class(_dotAll ? CodePointSet.All : DotSet());
            case '^' or '$':
                _at++;
                return new PatternNode.Anchor(c == '^');
            case '*' or '+' or '?':
                throw Broken("a quantifier has nothing to repeat");
            case '\\' when _at + 1 < _text.Length && _text[_at + 1] is 'A' or 'Z' && !_narrow:
                _at += 2;
                return new PatternNode.Anchor(_text[_at - 1] == 'A');
            case '\\':
                return Class(new PatternClassReader(_text, _narrow).Escape(ref _at, inClass: false));
            default:
                _at += Rune.GetRuneAt(_text, _at).Utf16SequenceLength;
                int value = char.ConvertToUtf32(_text, _at - (c > 0xD7FF && char.IsSurrogate(c) ? 2 : 1));
                return Class(CodePointSet.Of((value, value)));
        }
    }

    private CodePointSet DotSet() => CodePointSet.Of(_narrow ? [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)] : [('\n', '\n')]).Complement();

    private PatternNode.Class Class(CodePointSet set) => new(_ignoreCase ? set.WithBothCases() : set);

    private PatternNode Group()
    {
        _at++;
        if (Take('?'))
        {
            if (_text.AsSpan(_at).StartsWith("P<", StringComparison.Ordinal) || (_text.AsSpan(_at).StartsWith("<", StringComparison.Ordinal) && _at + 1 < _text.Length && _text[_at + 1] is not ('=' or '!')))
            {
                int close = _text.IndexOf('>', _at);
                _at = close < 0 ? throw Broken("a group's name does not end") : close + 1;
            }
            else if (!Take(':'))
            {
                throw Unsupported((_at < _text.Length ? _text[_at] : ' ') switch
                {
                    '=' or '!' or '<' => "look-around",
                    '>' => "an atomic group",
                    '(' => "a condition",
                    'P' => "a back-reference",
                    '#' => "a comment",
                    _ => "a flag within the pattern",
                });
            }
        }

        PatternNode inner = Choice();
        return Take(')') ? inner : throw Broken("a group is not closed");
    }

    private bool Take(char c)
    {
        bool taken = _at < _text.Length && _text[_at] == c;
        _at += taken ? 1 : 0;
        return taken;
    }

    private ArgumentException Broken(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The pattern '{_text}' is not a regular expression: {what} at {_at}."));

    private UnsupportedException Unsupported(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The pattern '{_text}' has {what} at {_at}, which a constraint cannot follow; write it without."));
}
