using System.Buffers;
using Rag.Documents;

namespace Rag.Chunking;

/// <summary>
/// Cuts text into sentences by rule, for any script that ends them with . ! ? … or an East Asian full stop. A full stop ends
/// none after an abbreviation, an initial or a list number, inside a number, or where the next word is in lower case. Blank
/// lines always end one; a single line break does where the lines look like separate things (a short line, a list, a table,
/// records). One pass, time in proportion to the text.
/// </summary>
internal static class SentenceSplitter
{
    private const int ShortLine = 40;
    private static readonly SearchValues<char> Interesting = SearchValues.Create(".!?…。！？｡．؟۔।॥\n");
    private static readonly SearchValues<char> Closers = SearchValues.Create("\"'”’»)]}」』】）》〉");

    /// <summary>
    /// The sentences of a range. They touch: each begins where the one before ends and carries the white space after it, so
    /// that together they are the range.
    /// </summary>
    public static List<TextRange> Split(ReadOnlySpan<char> text, TextRange range)
    {
        List<TextRange> sentences = [];
        ReadOnlySpan<char> scope = text[..range.End];
        int start = range.Start, line = range.Start, i = range.Start;
        while (i < range.End)
        {
            int found = scope[i..].IndexOfAny(Interesting);
            if (found < 0)
            {
                break;
            }

            i += found;
            int cut = scope[i] == '\n' ? AfterLineBreak(scope, line, i) : AfterTerminator(scope, line, i, out i);
            line = scope[i] == '\n' ? i + 1 : line;
            i++;
            if (cut > 0)
            {
                sentences.Add(new TextRange(start, cut));
                line = LastLineStart(scope, i, cut, line);
                start = cut;
                i = Math.Max(i, cut);
            }
        }

        if (start < range.End)
        {
            sentences.Add(new TextRange(start, range.End));
        }

        return sentences;
    }

    /// <summary>Whether the text before a full stop is a short form rather than the end of a sentence.</summary>
    private static bool IsAbbreviation(ReadOnlySpan<char> text, int line, int stop)
    {
        int begin = stop;
        bool inner = false;
        while (begin > line && stop - begin < 12 && (char.IsLetterOrDigit(text[begin - 1]) || text[begin - 1] == '.'))
        {
            begin--;
            inner |= text[begin] == '.';
        }

        ReadOnlySpan<char> word = text[begin..stop];
        if (word.IsEmpty || WritingSystems.IsEastAsian(word[^1]))
        {
            return false;
        }

        bool isListNumber = stop - begin <= 3 && text[line..begin].IsWhiteSpace() && !word.ContainsAnyExceptInRange('0', '9');
        return isListNumber || (word.Length == 1 && char.IsLetter(word[0])) || (inner && char.IsLetter(word[^1])) || Abbreviations.Contains(word);
    }

    /// <summary>Where the next sentence begins after a terminator at <paramref name="at"/>; 0 where it ends none.</summary>
    private static int AfterTerminator(ReadOnlySpan<char> text, int line, int at, out int last)
    {
        int end = at + 1;
        while (end < text.Length && text[end] != '\n' && Interesting.Contains(text[end]))
        {
            end++;
        }

        int terminators = end;
        while (end < text.Length && Closers.Contains(text[end]))
        {
            end++;
        }

        last = end - 1;
        int next = SkipWhiteSpace(text, end);
        if (next == text.Length)
        {
            return 0;
        }

        bool eastAsian = text[terminators - 1] is '。' or '！' or '？' or '｡' or '．'
            || (at > line && WritingSystems.IsEastAsian(text[at - 1]) && next == end && WritingSystems.IsEastAsian(text[next]));
        if (next == end)
        {
            return eastAsian && end == terminators ? next : 0;
        }

        bool continues = char.IsLower(FirstLetter(text, next)) || (text[at] == '.' && terminators == at + 1 && IsAbbreviation(text, line, at));
        return !eastAsian && continues ? 0 : next;
    }

    /// <summary>Where the next sentence begins after a line break at <paramref name="at"/>; 0 where the line runs on.</summary>
    private static int AfterLineBreak(ReadOnlySpan<char> text, int line, int at)
    {
        int next = SkipWhiteSpace(text, at + 1);
        if (next == text.Length)
        {
            return 0;
        }

        if (text[(at + 1)..next].Contains('\n'))
        {
            return next;
        }

        ReadOnlySpan<char> above = text[line..at].Trim();
        ReadOnlySpan<char> below = text[next..Math.Min(text.Length, next + ShortLine)];
        bool ends = above.StartsWith('#') || above.StartsWith('|') || LineMarkers.Starts(below) || SameKey(above, below)
            || (above.Length < ShortLine && !char.IsLower(below[0]) && char.IsLetterOrDigit(below[0]));
        return ends ? next : 0;
    }

    /// <summary>Whether two lines are records with the same first field, such as "name: …".</summary>
    private static bool SameKey(ReadOnlySpan<char> above, ReadOnlySpan<char> below)
    {
        int colon = above.IndexOf(':');
        return colon is > 0 and < ShortLine - 1 && below.StartsWith(above[..(colon + 1)]);
    }

    private static char FirstLetter(ReadOnlySpan<char> text, int at)
    {
        for (int i = at; i < Math.Min(text.Length, at + 3); i++)
        {
            if (char.IsLetterOrDigit(text[i]))
            {
                return text[i];
            }
        }

        return text[at];
    }

    private static int SkipWhiteSpace(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private static int LastLineStart(ReadOnlySpan<char> text, int from, int to, int line)
    {
        int found = from < to ? text[from..to].LastIndexOf('\n') : -1;
        return found < 0 ? line : from + found + 1;
    }
}
