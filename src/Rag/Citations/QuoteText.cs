using Rag.Chunking;
using Rag.Documents;

namespace Rag.Citations;

/// <summary>Bounds how long a quote may be.</summary>
internal static class QuoteText
{
    /// <summary>The range, cut at a word, else between graphemes, where it is longer than allowed.</summary>
    public static TextRange Shorten(string text, TextRange range, int maxCharacters)
    {
        if (range.Length <= maxCharacters)
        {
            return range;
        }

        ReadOnlySpan<char> kept = text.AsSpan(range.Start, maxCharacters);
        int blank = kept.LastIndexOfAny(' ', '\n', '\t');
        int end = range.Start + (blank > maxCharacters / 2 ? kept[..blank].TrimEnd().Length : maxCharacters);
        return new TextRange(range.Start, Graphemes.Previous(text, range.Start, end));
    }

    /// <summary>The words with one blank between them.</summary>
    public static string OnOneLine(string words) => string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The quote on one line, without the mark of a list's entry before it.</summary>
    public static string AsSentence(string quote)
    {
        string line = OnOneLine(quote);
        return line.Length > 2 && line[0] is '-' or '*' or '•' && line[1] == ' ' ? line[2..] : line;
    }
}
