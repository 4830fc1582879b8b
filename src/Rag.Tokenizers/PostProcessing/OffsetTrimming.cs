using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PostProcessing;

/// <summary>
/// Takes the white space that byte-level tokens carry off their ranges. Counted in characters, as the reference
/// implementation does, so that even its odd cases come out the same.
/// </summary>
/// <param name="AddPrefixSpace">Whether one leading space of the first token is taken for one that was added, and left.</param>
internal sealed record OffsetTrimming(bool AddPrefixSpace)
{
    private static readonly char Space = ByteAlphabet.Characters[' '];

    /// <summary>The trimmed range of a token.</summary>
    /// <param name="original">The whole original text.</param>
    /// <param name="token">The token's spelling.</param>
    /// <param name="isFirst">Whether it is the first token of its text.</param>
    /// <param name="range">Its range.</param>
    public (int Start, int End) Trim(ReadOnlySpan<char> original, string token, bool isFirst, (int Start, int End) range)
    {
        int leading = 0;
        while (leading < token.Length && IsSpace(token[leading]))
        {
            leading++;
        }

        int trailing = 0;
        while (trailing < token.Length && IsSpace(token[^(trailing + 1)]))
        {
            trailing++;
        }

        (int start, int end) = range;
        if (leading > 0)
        {
            bool added = (isFirst || start == 0) && AddPrefixSpace && leading == 1;
            start = added ? start : Math.Min(Advance(original, start, leading), end);
        }

        // Only where that many characters lie before the end.
        return trailing > 0 && Retreat(original, end, trailing) is var earlier && earlier >= 0 ? (start, Math.Max(earlier, start)) : (start, end);
    }

    private static bool IsSpace(char c) => c == Space || char.IsWhiteSpace(c);

    private static int Advance(ReadOnlySpan<char> text, int at, int characters)
    {
        for (; characters > 0 && at < text.Length; characters--)
        {
            Rune.DecodeFromUtf16(text[at..], out _, out int width);
            at += width;
        }

        return at + characters;
    }

    private static int Retreat(ReadOnlySpan<char> text, int at, int characters)
    {
        for (; characters > 0; characters--)
        {
            if (at == 0)
            {
                return -1;
            }

            Rune.DecodeLastFromUtf16(text[..at], out _, out int width);
            at -= width;
        }

        return at;
    }
}
