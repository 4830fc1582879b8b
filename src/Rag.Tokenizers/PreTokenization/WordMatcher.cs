using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>\w+|[^\w\s]+ : runs of word characters and runs of characters that are neither word nor white space.</summary>
internal sealed class WordMatcher : ITextMatcher
{
    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            int kind = Kind(text, at, out int width);
            for (at += width; at < text.Length && Kind(text, at, out width) == kind;)
            {
                at += width;
            }

            if (kind != 0)
            {
                matches.Add((start, at));
            }
        }
    }

    private static int Kind(ReadOnlySpan<char> text, int at, out int width)
    {
        Rune.DecodeFromUtf16(text[at..], out Rune rune, out width);
        return CharacterClass.IsWord(rune) ? 1 : Rune.IsWhiteSpace(rune) ? 0 : 2;
    }
}
