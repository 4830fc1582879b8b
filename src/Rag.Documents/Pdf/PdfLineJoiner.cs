using System.Buffers;
using System.Text;

namespace Rag.Documents;

/// <summary>
/// Joins the lines of a paragraph. A hyphen at a line's end goes, unless the document writes the word with it elsewhere. A line
/// that ends with "\n" keeps its end. Between
/// Chinese or Japanese characters no space is put; between Hangul one is, unless the joined word stands elsewhere too.
/// </summary>
internal sealed class PdfLineJoiner
{
    private const int MaxWords = 500_000;
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" .,;:)\"");
    private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Notes the words of a line that are whole: neither of its ends may be part of a word.</summary>
    public void Learn(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length - 1 && _words.Count < MaxWords; i++)
        {
            if (words[i].Contains('-', StringComparison.Ordinal) || IsHangul(words[i][0]))
            {
                _words.Add(words[i].Trim('.', ',', ';', ':', '(', ')', '"', '\''));
            }
        }
    }

    public string Join(List<string> lines)
    {
        if (lines.Count == 1)
        {
            return lines[0];
        }

        var text = new StringBuilder(lines[0]);
        for (int i = 1; i < lines.Count; i++)
        {
            string next = lines[i];
            char last = text[^1];
            if (last == '\n')
            {
                // The line keeps its end.
            }
            else if (last == '\u00AD' || (last is '-' or '\u2010' && text.Length > 1 && char.IsLetter(text[^2]) && char.IsLower(next[0])))
            {
                if (last == '\n')
            {
                // The line keeps its end.
            }
            else if (last == '\u00AD' || !_words.Contains(LastWord(text) + FirstWord(next)))
                {
                    text.Length--;
                }
            }
            else if (!(IsIdeographic(last) && IsIdeographic(next[0]))
                && !(IsHangul(last) && IsHangul(next[0]) && _words.Contains(LastWord(text) + FirstWord(next))))
            {
                text.Append(' ');
            }

            text.Append(next);
        }

        return text.ToString();
    }

    private static string LastWord(StringBuilder text)
    {
        int start = text.Length;
        while (start > 0 && text.Length - start < 64 && text[start - 1] != ' ')
        {
            start--;
        }

        return text.ToString(start, text.Length - start);
    }

    private static string FirstWord(string line)
    {
        int end = line.AsSpan().IndexOfAny(WordEnds);
        return end < 0 ? line : line[..end];
    }

    private static bool IsHangul(char c) => c is >= '\uAC00' and <= '\uD7A3';

    private static bool IsIdeographic(char c) => c is (>= '\u3000' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uFF01' and <= '\uFF60');
}
