using System.Globalization;

namespace Rag.Tokenizers.Text;

/// <summary>Boundaries between grapheme clusters (Unicode Standard Annex 29).</summary>
internal static class GraphemeBoundary
{
    /// <summary>The last boundary at or before a position.</summary>
    public static int AtOrBefore(ReadOnlySpan<char> text, int position)
    {
        if (position <= 0 || position >= text.Length || IsPlain(text, position))
        {
            return Math.Clamp(position, 0, text.Length);
        }

        // Walk from the nearest place that is surely a boundary.
        int at = position - 1;
        while (at > 0 && !IsPlain(text, at))
        {
            at--;
        }

        while (true)
        {
            int next = at + StringInfo.GetNextTextElementLength(text[at..]);
            if (next > position)
            {
                return at;
            }

            at = next;
            if (at == position)
            {
                return at;
            }
        }
    }

    // Two ASCII characters always part, but for CR LF.
    private static bool IsPlain(ReadOnlySpan<char> text, int position) =>
        text[position] < 0x80 && text[position - 1] < 0x80 && !(text[position] == '\n' && text[position - 1] == '\r');
}
