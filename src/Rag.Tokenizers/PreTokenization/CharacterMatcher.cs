using System.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>Single characters that satisfy a rule.</summary>
internal sealed class CharacterMatcher(Func<Rune, bool> rule) : ITextMatcher
{
    public void Collect(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        for (int at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out Rune rune, out int width);
            if (rule(rune))
            {
                matches.Add((at, at + width));
            }

            at += width;
        }
    }
}
