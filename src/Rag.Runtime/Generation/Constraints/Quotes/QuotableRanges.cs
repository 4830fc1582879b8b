using System.Globalization;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>
/// Goes over the graphemes of one source and collects where quotes may begin and end. What no quote may hold, which is closing marks, halves of
/// surrogate pairs and graphemes beyond all measure, parts the source into stretches.
/// </summary>
internal sealed class QuotableRanges(QuoteConstraintOptions options, Action<int, int> start, Action<int> end)
{
    /// <summary>The longest grapheme that is quoted, and the longest run without an end of a word, in UTF-16 code units.</summary>
    public const int MaxRun = 64;

    // Bytes and characters of the places in one stretch.
    private readonly List<(int Byte, int Character)> _starts = [];
    private readonly List<(int Byte, int Character)> _ends = [];

    /// <summary>Collects the places of a source.</summary>
    /// <param name="text">The source.</param>
    /// <param name="at">The place of its first byte among the bytes of all sources; a half of a surrogate pair is one byte.</param>
    public void Add(string text, int at)
    {
        int mark = text.IndexOf(options.ClosingMark, StringComparison.Ordinal);
        int edge = 0;
        for (int i = 0; i < text.Length;)
        {
            int length = GraphemeLength(text, i);
            bool barrier = length > MaxRun || HasLoneSurrogate(text.AsSpan(i, length));
            while (mark >= 0 && mark < i + length)
            {
                barrier = true;
                while (i + length < mark + options.ClosingMark.Length)
                {
                    length += GraphemeLength(text, i + length);
                }

                mark = text.IndexOf(options.ClosingMark, mark + options.ClosingMark.Length, StringComparison.Ordinal);
            }

            Place(text, i, at, ref edge, canStart: !barrier);
            at += ByteCount(text.AsSpan(i, length));
            i += length;
            if (barrier)
            {
                Flush();
                edge = i;
            }
        }

        Place(text, text.Length, at, ref edge, canStart: false);
        Flush();
    }

    private void Place(string text, int i, int at, ref int edge, bool canStart)
    {
        if (options.WholeWords && i > edge && i - edge < MaxRun && !WordEdges.IsEdge(text, i))
        {
            return;
        }

        edge = i;
        if (canStart && !char.IsWhiteSpace(text[i]))
        {
            _starts.Add((at, i));
        }

        if (i > 0 && !char.IsWhiteSpace(text[i - 1]))
        {
            _ends.Add((at, i));
        }
    }

    // Each start reaches to the last end that is near enough, if that is far enough.
    private void Flush()
    {
        int last = -1;
        foreach ((int at, int character) in _starts)
        {
            while (last + 1 < _ends.Count && _ends[last + 1].Character <= (long)character + options.MaxQuoteCharacters)
            {
                last++;
            }

            if (last >= 0 && _ends[last].Character >= character + options.MinQuoteCharacters)
            {
                start(at, _ends[last].Byte);
            }
        }

        _ends.ForEach(place => end(place.Byte));
        _starts.Clear();
        _ends.Clear();
    }

    // Neighbours of these kinds never join, so that most texts need no look at Unicode's tables (UAX 29, GB5 to GB13).
    private static int GraphemeLength(string text, int i) =>
        i + 1 == text.Length || (IsPlain(text[i]) && IsPlain(text[i + 1]) && !(text[i] == '\r' && text[i + 1] == '\n'))
            ? 1
            : StringInfo.GetNextTextElementLength(text, i);

    private static bool IsPlain(char c) => c is < '\u0300' or (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3');

    private static int ByteCount(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            count += pair ? 4 : char.IsSurrogate(text[i]) ? 1 : text[i] < 0x80 ? 1 : text[i] < 0x800 ? 2 : 3;
            i += pair ? 1 : 0;
        }

        return count;
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }
}
