namespace Rag.Documents;

/// <summary>
/// How much a decoded sample reads like text that people write: about 1 per character for a right decoding, below 0 for a wrong
/// one. Only characters outside ASCII are judged, by their script and by what stands beside them.
/// </summary>
internal static class TextPlausibility
{
    /// <summary>A decoding below this is not taken for text.</summary>
    public const double Threshold = 0.25;

    public static double Score(ReadOnlySpan<char> text)
    {
        double sum = 0;
        int judged = 0;
        int kana = 0, ideographs = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c < 0x80)
            {
                if (c < 0x20 && c is not ('\t' or '\n' or '\r' or '\f' or '\u001b'))
                {
                    judged++;
                    sum -= 5;
                }

                continue;
            }

            judged++;
            char before = i > 0 ? text[i - 1] : ' ';
            char after = i + 1 < text.Length ? text[i + 1] : ' ';
            if (c is >= '\u3041' and <= '\u30FF')
            {
                kana++;
            }
            else if (IsIdeograph(c))
            {
                ideographs++;
            }

            sum += ScoreOne(c, before, after);
        }

        // Japanese of some length has kana; many ideographs without any come of a wrong decoding.
        double kanji = ideographs > 60 && kana == 0 ? ideographs * -0.4 : 0;
        return judged == 0 ? 1 : (sum + kanji) / judged;
    }

    private static double ScoreOne(char c, char before, char after)
    {
        switch (c)
        {
            case '\uFFFD':
                return -5;
            case >= '\u0080' and <= '\u009F' or (>= '\uE000' and <= '\uF8FF') or '\uFFFE' or '\uFFFF':
                return -5;
            case >= '\uAC00' and <= '\uD7A3':
                return AsciiBothSides(before, after) ? -0.5
                    : HangulSyllables.IsEveryday(c) ? 1.4 : HangulSyllables.IsStandard(c) ? 0.8 : IsHangul(before) && IsHangul(after) ? -0.2 : -0.6;
            case >= '\u3041' and <= '\u30FF':
                return 1.1;
            case >= '\u3000' and <= '\u3020' or (>= '\uFF01' and <= '\uFF5E'):
                return 0.8;
            case >= '\uFF61' and <= '\uFF9F':
                return -0.4;
        }

        if (IsIdeograph(c))
        {
            return AsciiBothSides(before, after) ? -1 : IsIdeograph(before) || IsIdeograph(after) || IsKana(before) || IsKana(after) ? 0.6 : 0.2;
        }

        if (c <= '\u024F')
        {
            return ScoreLatin(c, before, after);
        }

        // Typographic marks: dashes, quotes, bullets, arrows, the euro.
        if (c is '\u2013' or '\u2014' or '\u2018' or '\u2019' or '\u201C' or '\u201D' or '\u2022' or '\u2026' or '\u20AC' or '\u2122')
        {
            return before < 0x80 || after < 0x80 || char.IsLetter(before) ? 0.9 : -0.3;
        }

        return char.IsLetter(c) ? (char.IsLetter(before) || char.IsLetter(after) ? 0.3 : 0) : char.IsSurrogate(c) ? 0.3 : 0.2;
    }

    private static double ScoreLatin(char c, char before, char after)
    {
        if (!char.IsLetter(c))
        {
            // Signs such as ° § « » £ stand beside a space, a digit or a word, not among other signs.
            bool alone = before < 0x80 && after < 0x80;
            return alone ? 0.7 : char.IsLetter(before) && before < 0x80 ? 0.3 : -0.6;
        }

        bool letterBefore = char.IsAsciiLetter(before), letterAfter = char.IsAsciiLetter(after);
        if (letterBefore || letterAfter)
        {
            // A capital inside a word of small letters, or a letter between a word and a sign, is the mark of mojibake.
            bool odd = char.IsUpper(c) && char.IsAsciiLetterLower(before);
            bool sign = (before >= 0x80 && !char.IsLetter(before)) || (after >= 0x80 && !char.IsLetter(after) && after is not ('\u2019' or '\u201D' or '\u00BB' or '\u2026'));
            return odd || sign ? -0.6 : 1;
        }

        bool lonely = before < 0x80 && after < 0x80;
        return lonely ? 0.5 : -0.6;
    }

    private static bool AsciiBothSides(char before, char after) => char.IsAsciiLetter(before) && char.IsAsciiLetter(after);

    private static bool IsHangul(char c) => c is >= '\uAC00' and <= '\uD7A3';

    private static bool IsKana(char c) => c is >= '\u3041' and <= '\u30FF';

    private static bool IsIdeograph(char c) => c is >= '\u4E00' and <= '\u9FFF' or >= '\uF900' and <= '\uFAFF';
}
