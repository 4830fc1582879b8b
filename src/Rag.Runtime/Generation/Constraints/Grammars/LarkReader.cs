using Rag.Runtime.Generation.Constraints.Patterns;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>
/// The grammars of the Python library Lark: rules in small letters, terminals in capitals, texts, patterns between slashes.
/// Every way to read a text counts, as with its dynamic_complete lexer. The start is the rule start. Nothing is ignored between tokens.
/// </summary>
internal sealed class LarkReader(string text, ConstraintOptions options) : GrammarReader(text, options)
{
    protected override string Comment => "//";

    protected override bool BreaksAfterBar => false;

    protected override void ReadRule()
    {
        if (Current == '%')
        {
            throw Unsupported("the directive " + Name(c => c == '%' || char.IsAsciiLetter(c)));
        }

        At += Current is '?' or '!' ? 1 : 0;
        string name = Name(IsNamePart);
        if (Take("."))
        {
            Number();
        }

        SkipSpace(lines: false);
        if (!Take(":"))
        {
            throw Current == '{' ? Unsupported("templates") : Broken($"':' is missing behind '{name}'");
        }

        AddRule(name, Choice(nested: false));
        if (!AtEnd && Current != '\n')
        {
            throw Broken($"'{Current}' is not expected");
        }
    }

    protected override GrammarNode? Atom(bool nested)
    {
        switch (Current)
        {
            case '"':
                string content = Quoted();
                bool ignoreCase = Current == 'i';
                At += ignoreCase ? 1 : 0;
                if (Take(".."))
                {
                    CodePointSet range = CodePointSet.Of((char.ConvertToUtf32(content, 0), char.ConvertToUtf32(Quoted(), 0)));
                    return new GrammarNode.Pattern(new PatternNode.Class(range));
                }

                return Literal(content, ignoreCase);
            case '/':
                return Pattern();
            case '(' or '[':
                bool optional = Current == '[';
                At++;
                GrammarNode inner = Choice(nested: true);
                return !Take(optional ? "]" : ")") ? throw Broken("a group is not closed") : optional ? Repeat(inner, 0, 1) : inner;
            case '-' when Text.AsSpan(At).StartsWith("->"):
                At += 2;
                SkipSpace(nested);
                Name(IsNamePart);
                return null;
            case '~' or '*' or '+' or '?':
                throw Broken("a repetition has nothing before it");
            default:
                return !AtEnd && IsNamePart(Current) ? new GrammarNode.Rule(Name(IsNamePart)) : null;
        }
    }

    protected override bool GoesOn() => Text.AsSpan(At).TrimStart().StartsWith("|");

    protected override GrammarNode Repeated(GrammarNode atom)
    {
        if (Simple(atom) is { } repeated)
        {
            return repeated;
        }

        SkipSpace(lines: false);
        if (!Take("~"))
        {
            return atom;
        }

        SkipSpace(lines: false);
        int min = Number();
        int max = Take("..") ? Number() : min;
        return max < min ? throw Broken("a repetition goes down") : Repeat(atom, min, max);
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private GrammarNode.Pattern Pattern()
    {
        int start = ++At;
        bool inClass = false;
        while (!AtEnd && (Current != '/' || inClass) && Current != '\n')
        {
            inClass = Current == '[' || (inClass && Current != ']');
            At += Current == '\\' ? 2 : 1;
        }

        if (AtEnd || Current != '/')
        {
            throw Broken("a pattern is not closed");
        }

        string pattern = Text[start..At++];
        string flags = AtEnd || !char.IsAsciiLetter(Current) ? "" : Name(char.IsAsciiLetter);
        return flags.All(flag => flag is 'i' or 's' or 'u')
            ? new GrammarNode.Pattern(PatternParser.Parse(pattern, narrow: false, flags, Options))
            : throw Unsupported("the flags " + flags);
    }
}
