using System.Globalization;

namespace Rag.Chunking;

/// <summary>Where text may be cut without tearing what a person sees as one character (UAX #29 extended grapheme clusters).</summary>
internal static class Graphemes
{
    /// <summary>Below the first combining mark every boundary between two characters is one, save inside CR LF.</summary>
    private const char FirstCombining = '\u0300';

    /// <summary>Whether text may be cut at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="known">A place at or before <paramref name="position"/> where it may.</param>
    /// <param name="position">The place asked about.</param>
    public static bool IsBoundary(ReadOnlySpan<char> text, int known, int position) => Next(text, known, position) == position;

    /// <summary>The first place at or after <paramref name="position"/> where text may be cut. Takes time in the distance from <paramref name="known"/>.</summary>
    public static int Next(ReadOnlySpan<char> text, int known, int position)
    {
        if (position <= known || position >= text.Length)
        {
            return Math.Min(position, text.Length);
        }

        char before = text[position - 1], after = text[position];
        if (before < FirstCombining && after < FirstCombining)
        {
            return before == '\r' && after == '\n' ? position + 1 : position;
        }

        int boundary = known;
        while (boundary < position)
        {
            boundary += StringInfo.GetNextTextElementLength(text[boundary..]);
        }

        return boundary;
    }

    /// <summary>The last place in [known, position] where text may be cut.</summary>
    public static int Floor(ReadOnlySpan<char> text, int known, int position)
    {
        if (IsBoundary(text, known, position))
        {
            return position;
        }

        int boundary = known;
        while (boundary + StringInfo.GetNextTextElementLength(text[boundary..]) is int next && next <= position)
        {
            boundary = next;
        }

        return boundary;
    }

    /// <summary>The last place in (known, position] where text may be cut, or the end of the first grapheme where there is none.</summary>
    public static int Previous(ReadOnlySpan<char> text, int known, int position)
    {
        int floor = Floor(text, known, position);
        return floor > known ? floor : known + StringInfo.GetNextTextElementLength(text[known..]);
    }
}
