using Rag.Chunking;

namespace Rag.Matching;

/// <summary>
/// Takes words apart far enough to compare a sentence with a question: lower case, the commonest English endings off, Korean
/// particles off, Han, Kana and Hangul as pairs of characters. Rougher than the index's analyzer and free of any store.
/// </summary>
internal static class Terms
{
    private const int MaxWordLength = 64;

    /// <summary>Every term of a text, each once.</summary>
    public static HashSet<string> Of(ReadOnlySpan<char> text) => Collect(text, withFunctionWords: true);

    /// <summary>The terms that carry meaning: without function words and question words.</summary>
    public static HashSet<string> ContentOf(ReadOnlySpan<char> text) => Collect(text, withFunctionWords: false);

    private static HashSet<string> Collect(ReadOnlySpan<char> text, bool withFunctionWords)
    {
        HashSet<string> terms = new(StringComparer.Ordinal);
        int i = 0;
        while (i < text.Length)
        {
            if (!char.IsLetterOrDigit(text[i]))
            {
                i++;
                continue;
            }

            int start = i;
            bool eastAsian = WritingSystems.IsEastAsian(text[i]);
            while (i < text.Length && IsPart(text, i, start) && WritingSystems.IsEastAsian(text[i]) == eastAsian)
            {
                i++;
            }

            AddWord(text[start..i], eastAsian, withFunctionWords, terms);
        }

        return terms;
    }

    /// <summary>Letters and digits; inside a number also a point or comma between digits.</summary>
    private static bool IsPart(ReadOnlySpan<char> text, int i, int start) =>
        char.IsLetterOrDigit(text[i])
        || (text[i] is '.' or ',' && i > start && char.IsAsciiDigit(text[i - 1]) && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]));

    private static void AddWord(ReadOnlySpan<char> word, bool eastAsian, bool withFunctionWords, HashSet<string> terms)
    {
        if (eastAsian)
        {
            AddPairs(withFunctionWords ? KoreanEndings.Strip(word) : KoreanEndings.StripQuestion(word), terms);
            return;
        }

        string lower = word[..Math.Min(word.Length, MaxWordLength)].ToString().ToLowerInvariant().Replace(",", "", StringComparison.Ordinal);
        bool function = FunctionWords.Contains(lower) || (lower.Length == 1 && !char.IsAsciiDigit(lower[0]));
        if (withFunctionWords || !function)
        {
            terms.Add(EnglishEndings.Strip(lower));
        }
    }

    private static void AddPairs(ReadOnlySpan<char> word, HashSet<string> terms)
    {
        if (word.Length == 1)
        {
            terms.Add(word.ToString());
        }

        for (int i = 0; i + 1 < word.Length; i++)
        {
            terms.Add(word.Slice(i, 2).ToString());
        }
    }
}
