using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>Drops white space and isolates punctuation, as one rule: a match is a word or one punctuation character.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer, ITextMatcher
{
    private enum Kind : byte
    {
        Word,
        Space,
        Punctuation,
    }

    private static readonly Kind[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(c => Of(new Rune(c)))];

    public void PreTokenize(PreTokenizedText text) => text.Split(this, SplitBehavior.Removed, invert: true);

    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        int start = 0;
        for (int at = 0; at < text.Length;)
        {
            Kind kind = At(text, at, out int width);
            if (kind != Kind.Word)
            {
                if (at > start)
                {
                    matches.Add((start, at));
                }

                start = at + width;
                if (kind == Kind.Punctuation)
                {
                    matches.Add((at, start));
                }
            }

            at += width;
        }

        if (start < text.Length)
        {
            matches.Add((start, text.Length));
        }
    }

    private static Kind At(ReadOnlySpan<char> text, int at, out int width)
    {
        char c = text[at];
        if (c < 0x80)
        {
            width = 1;
            return AsciiKinds[c];
        }

        Rune.DecodeFromUtf16(text[at..], out Rune rune, out width);
        return Of(rune);
    }

    private static Kind Of(Rune rune) =>
        Rune.IsWhiteSpace(rune) ? Kind.Space : UnicodeTables.IsPunctuation(rune.Value) ? Kind.Punctuation : Kind.Word;
}
