using System.Collections.Frozen;

namespace Rag.Matching;

/// <summary>English words that carry a question's form and not its matter.</summary>
internal static class FunctionWords
{
    private static readonly FrozenSet<string> Words = FrozenSet.Create(
        StringComparer.Ordinal,
        "a", "an", "the", "and", "or", "but", "if", "of", "at", "by", "for", "with", "about", "into", "through", "to", "from", "in", "on", "off",
        "over", "under", "than", "then", "as", "so", "such", "too", "very", "not", "no", "nor", "only", "own", "same", "is", "am", "are", "was",
        "were", "be", "been", "being", "do", "does", "did", "doing", "done", "has", "have", "had", "having", "can", "could", "will", "would",
        "shall", "should", "may", "might", "must", "i", "me", "my", "you", "your", "he", "him", "his", "she", "her", "it", "its", "we", "us",
        "our", "they", "them", "their", "this", "that", "these", "those", "there", "here", "what", "which", "who", "whom", "whose", "when",
        "where", "why", "how", "many", "much", "long", "often", "also", "any", "some", "all", "each", "both", "other", "another", "between",
        "please", "tell", "say", "said", "called", "name", "named", "kind", "type", "mean", "happen", "happened", "use", "used", "s", "t");

    private static readonly FrozenSet<string> BackReferences = FrozenSet.Create(
        StringComparer.Ordinal, "it", "its", "he", "him", "his", "she", "her", "they", "them", "their", "this", "that", "these", "those", "there", "one", "ones");

    /// <summary>Whether a word, in lower case, is one of them.</summary>
    public static bool Contains(string word) => Words.Contains(word);

    /// <summary>Whether a word, in lower case, points back to something said before.</summary>
    public static bool PointsBack(string word) => BackReferences.Contains(word);
}
