using System.Globalization;
using System.Text;
using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Patterns;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>What both dialects share: rules, alternatives, sequences, groups, repetition. A dialect says how a name ends a rule and what its atoms are.</summary>
internal abstract class GrammarReader(string text, ConstraintOptions options)
{
    private int _depth;

    /// <summary>The rules by name.</summary>
    public Dictionary<string, GrammarNode> Rules { get; } = new(StringComparer.Ordinal);

    protected string Text => text;

    protected int At { get; set; }

    protected ConstraintOptions Options => options;

    protected bool AtEnd => At >= text.Length;

    protected char Current => At < text.Length ? text[At] : '\0';

    /// <summary>Reads everything.</summary>
    public Dictionary<string, GrammarNode> Read()
    {
        if (text.Length > options.MaxSourceLength)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxSourceLength), options.MaxSourceLength, text.Length, "The grammar");
        }

        SkipSpace(lines: true);
        while (!AtEnd)
        {
            ReadRule();
            SkipSpace(lines: true);
        }

        return Rules;
    }

    /// <summary>Reads a rule from its name on.</summary>
    protected abstract void ReadRule();

    /// <summary>Reads an atom; null where none begins here.</summary>
    protected abstract GrammarNode? Atom(bool nested);

    /// <summary>Whether a line break here is followed by more of the same rule.</summary>
    protected abstract bool GoesOn();

    /// <summary>What begins a comment.</summary>
    protected abstract string Comment { get; }

    /// <summary>Whether a line may break behind a bar.</summary>
    protected abstract bool BreaksAfterBar { get; }

    /// <summary>Reads a repetition behind an atom, if there is one.</summary>
    protected abstract GrammarNode Repeated(GrammarNode atom);

    protected GrammarNode Choice(bool nested)
    {
        if (++_depth > options.MaxNesting)
        {
            throw new LimitExceededException(nameof(ConstraintOptions.MaxNesting), options.MaxNesting, _depth, "The grammar");
        }

        List<GrammarNode> choices = [Sequence(nested)];
        while (Current == '|')
        {
            At++;
            SkipSpace(nested || BreaksAfterBar);
            choices.Add(Sequence(nested));
        }

        _depth--;
        return choices.Count == 1 ? choices[0] : new GrammarNode.Choice(choices);
    }

    protected void SkipSpace(bool lines)
    {
        while (!AtEnd)
        {
            if (text.AsSpan(At).StartsWith(Comment, StringComparison.Ordinal))
            {
                int end = text.IndexOf('\n', At);
                At = end < 0 ? text.Length : end;
            }
            else if (Current is ' ' or '\t' or '\r' || (Current == '\n' && (lines || GoesOn())))
            {
                At++;
            }
            else
            {
                break;
            }
        }
    }

    protected string Name(Func<char, bool> isPart)
    {
        int start = At;
        while (!AtEnd && isPart(Current))
        {
            At++;
        }

        return At > start ? text[start..At] : throw Broken("a name is missing");
    }

    protected bool Take(string expected)
    {
        bool taken = text.AsSpan(At).StartsWith(expected, StringComparison.Ordinal);
        At += taken ? expected.Length : 0;
        return taken;
    }

    protected void AddRule(string name, GrammarNode node)
    {
        if (!Rules.TryAdd(name, node))
        {
            throw Broken($"the rule '{name}' is there twice");
        }
    }

    /// <summary>Reads a text in quotes with the escapes that both dialects know.</summary>
    protected string Quoted()
    {
        StringBuilder content = new();
        At++;
        while (Current != '"')
        {
            if (AtEnd)
            {
                throw Broken("a text is not closed");
            }

            content.Append(Current == '\\' ? Escape() : text[At++].ToString());
        }

        At++;
        return content.ToString();
    }

    protected string Escape()
    {
        At += 2;
        return At > text.Length ? throw Broken("it ends with a backslash") : text[At - 1] switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'f' => "\f",
            'v' => "\v",
            'b' => "\b",
            'x' => Hex(2),
            'u' => Hex(4),
            'U' => Hex(8),
            var c when char.IsAsciiLetterOrDigit(c) => throw Broken($"the escape \\{c} is not known"),
            var c => c.ToString(),
        };
    }

    protected int Number()
    {
        string digits = Name(char.IsAsciiDigit);
        return int.TryParse(digits, CultureInfo.InvariantCulture, out int number) ? number : throw Broken("a number is too large");
    }

    protected static GrammarNode Literal(string content, bool ignoreCase = false) => new GrammarNode.Pattern(new PatternNode.Sequence(
        [.. content.EnumerateRunes().Select(rune => CodePointSet.Of((rune.Value, rune.Value))).Select(set => new PatternNode.Class(ignoreCase ? set.WithBothCases() : set))]));

    protected static GrammarNode Repeat(GrammarNode part, int min, int max) => new GrammarNode.Repetition(part, min, max);

    protected GrammarNode? Simple(GrammarNode atom)
    {
        GrammarNode? repeated = Current switch
        {
            '*' => Repeat(atom, 0, ByteLanguages.Unlimited),
            '+' => Repeat(atom, 1, ByteLanguages.Unlimited),
            '?' => Repeat(atom, 0, 1),
            _ => null,
        };
        At += repeated is null ? 0 : 1;
        return repeated;
    }

    protected ArgumentException Broken(string what)
    {
        int line = text.AsSpan(0, Math.Min(At, text.Length)).Count('\n') + 1;
        return new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The grammar cannot be read: {what} in line {line}."));
    }

    protected static UnsupportedException Unsupported(string what) => new($"The grammar uses {what}, which is not supported; say the same without.");

    private string Hex(int digits)
    {
        if (At + digits > text.Length || !int.TryParse(text.AsSpan(At, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || !Rune.IsValid(value))
        {
            throw Broken("an escape lacks its hexadecimal digits");
        }

        At += digits;
        return char.ConvertFromUtf32(value);
    }

    private GrammarNode Sequence(bool nested)
    {
        List<GrammarNode> parts = [];
        SkipSpace(nested);
        while (Atom(nested) is { } atom)
        {
            parts.Add(Repeated(atom));
            SkipSpace(nested);
        }

        return parts.Count == 1 ? parts[0] : new GrammarNode.Sequence(parts);
    }
}
