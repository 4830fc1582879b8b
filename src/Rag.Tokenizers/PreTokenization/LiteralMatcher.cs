namespace Rag.Tokenizers.PreTokenization;

/// <summary>Occurrences of a string; the empty string occurs nowhere.</summary>
internal sealed class LiteralMatcher(string literal) : ITextMatcher
{
    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        if (literal.Length == 0)
        {
            return;
        }

        for (int at = 0; text[at..].IndexOf(literal, StringComparison.Ordinal) is var index && index >= 0;)
        {
            matches.Add((at + index, at + index + literal.Length));
            at += index + literal.Length;
        }
    }
}
