using Rag.Matching;

namespace Rag.Reading;

/// <summary>Tells what a reader trained on English prose can be asked.</summary>
internal static class ReadableText
{
    private const int FewWords = 6;

    /// <summary>
    /// Whether a question is in Latin script for the most part and, unless it is short, has an English function word. What other
    /// languages in Latin script share with English ("in", "was", "die") lets some through; their margins are low.
    /// </summary>
    public static bool IsEnglish(string question)
    {
        string[] words = question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return IsLatin(question) && (words.Length <= FewWords || words.Any(word => FunctionWords.Contains(word.ToLowerInvariant())));
    }

    /// <summary>Whether most letters are of the Latin script; so for a text without letters.</summary>
    public static bool IsLatin(string text)
    {
        int latin = 0, other = 0;
        foreach (char character in text)
        {
            if (char.IsLetter(character))
            {
                _ = character < '\u0250' ? latin++ : other++;
            }
        }

        return latin >= other;
    }
}
