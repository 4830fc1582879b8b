using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Patterns;

namespace Rag.Runtime.Generation.Constraints.Grammars;

/// <summary>GBNF, the grammars of llama.cpp (grammars/README.md there). The start is the rule root.</summary>
internal sealed class GbnfReader(string text, ConstraintOptions options) : GrammarReader(text, options)
{
    protected override string Comment => "#";

    protected override bool BreaksAfterBar => true;

    protected override void ReadRule()
    {
        string name = Name(IsNamePart);
        SkipSpace(lines: true);
        if (!Take("::="))
        {
            throw Broken($"'::=' is missing behind '{name}'");
        }

        SkipSpace(lines: true);
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
                return Literal(Quoted());
            case '[':
                return new GrammarNode.Pattern(new PatternNode.Class(Class()));
            case '.':
                At++;
                return new GrammarNode.Pattern(new PatternNode.Class(CodePointSet.All));
            case '(':
                At++;
                GrammarNode inner = Choice(nested: true);
                return Take(")") ? inner : throw Broken("a group is not closed");
            case '<' or '!':
                throw Unsupported("tokens by name (<...>)");
            default:
                return !AtEnd && IsNamePart(Current) ? new GrammarNode.Rule(Name(IsNamePart)) : null;
        }
    }

    // A break of the line goes on with the rule where an alternative follows.
    protected override bool GoesOn() => Text.AsSpan(At).TrimStart().StartsWith("|");

    protected override GrammarNode Repeated(GrammarNode atom)
    {
        while (true)
        {
            if (Simple(atom) is { } repeated)
            {
                atom = repeated;
            }
            else if (Take("{"))
            {
                int min = Number();
                int max = !Take(",") ? min : Current == '}' ? ByteLanguages.Unlimited : Number();
                atom = !Take("}") || (max != ByteLanguages.Unlimited && max < min) ? throw Broken("a repetition in braces is wrong") : Repeat(atom, min, max);
            }
            else
            {
                return atom;
            }
        }
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private CodePointSet Class()
    {
        At++;
        bool negated = Take("^");
        List<(int First, int Last)> ranges = [];
        while (!Take("]"))
        {
            int first = Character();
            int last = first;
            if (Current == '-' && At + 1 < Text.Length && Text[At + 1] != ']')
            {
                At++;
                last = Character();
            }

            ranges.Add(last >= first ? (first, last) : throw Broken("a range goes down"));
        }

        CodePointSet set = CodePointSet.Of(ranges);
        return negated ? set.Complement() : set;
    }

    private int Character()
    {
        if (AtEnd)
        {
            throw Broken("a class is not closed");
        }

        if (Current == '\\')
        {
            return char.ConvertToUtf32(Escape(), 0);
        }

        System.Text.Rune.TryGetRuneAt(Text, At, out System.Text.Rune rune);
        At += Math.Max(1, rune.Utf16SequenceLength);
        return rune.Value;
    }
}
