using System.Text;

namespace Rag.Documents;

/// <summary>
/// Puts Arabic, Hebrew and their kin into reading order: the program gives the letters of a word as they stand from left to right.
/// </summary>
internal static class PdfDirection
{
    public static string LineText(List<PdfWord> words, out bool rightToLeft)
    {
        int right = 0, left = 0;
        foreach (PdfWord word in words)
        {
            foreach (char c in word.Text)
            {
                right += IsRightToLeft(c) ? 1 : 0;
                left += char.IsLetter(c) && !IsRightToLeft(c) ? 1 : 0;
            }
        }

        rightToLeft = right > left;
        if (right == 0)
        {
            return string.Join(' ', words.Select(word => word.Text));
        }

        return string.Join(' ', (rightToLeft ? Reordered(words) : words).Select(word => Logical(word.Text)));
    }

    private static bool IsRightToLeft(char c) => c is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFF');

    private static List<PdfWord> Reordered(List<PdfWord> words)
    {
        // Words from right to left, but a run of words of the other direction as it stands.
        var ordered = words.OrderByDescending(word => word.Right).ToList();
        for (int i = 0; i < ordered.Count; i++)
        {
            int end = i;
            while (end < ordered.Count && ordered[end].Text.Any(char.IsLetter) && !ordered[end].Text.Any(IsRightToLeft))
            {
                end++;
            }

            if (end > i + 1)
            {
                ordered.Reverse(i, end - i);
            }

            i = Math.Max(i, end - 1);
        }

        return ordered;
    }

    private static string Logical(string word)
    {
        if (!word.Any(IsRightToLeft))
        {
            return word;
        }

        var letters = new List<Rune>(word.EnumerateRunes());
        letters.Reverse();
        for (int i = 0; i < letters.Count; i++)
        {
            // Numbers and foreign words inside keep their own direction.
            int end = i;
            while (end < letters.Count && (Rune.IsDigit(letters[end]) || (letters[end].IsAscii && Rune.IsLetter(letters[end]))))
            {
                end++;
            }

            letters.Reverse(i, end - i);
            i = Math.Max(i, end - 1);
        }

        var text = new StringBuilder(word.Length);
        letters.ForEach(letter => text.Append(letter.ToString()));
        return text.ToString();
    }
}
