using System.Text;

namespace Rag.Evaluation.Answers;

/// <summary>
/// Exact match and F1 of English answers as SQuAD defines them (Rajpurkar et al. 2016): lower case, ASCII punctuation and the
/// articles a, an, the dropped, spaces collapsed; the best over all gold answers counts. Stateless; safe for concurrent use.
/// </summary>
public static class SquadAnswers
{
    /// <summary>The form in which answers are compared.</summary>
    public static string Normalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        StringBuilder kept = new(answer.Length);
        foreach (char character in AnswerText.Lower(answer))
        {
            if (!AnswerText.IsAsciiMark(character))
            {
                kept.Append(character);
            }
        }

        return string.Join(' ', Words(kept.ToString()));
    }

    /// <summary>1 where the prediction equals a gold answer after normalisation, else 0.</summary>
    public static double ExactMatch(string prediction, IEnumerable<string> golds)
    {
        ArgumentNullException.ThrowIfNull(golds);
        string normalized = Normalize(prediction);
        return golds.Any(gold => Normalize(gold) == normalized) ? 1 : 0;
    }

    /// <summary>F1 over words, the best over the gold answers.</summary>
    /// <param name="prediction">The answer given.</param>
    /// <param name="golds">The answers accepted.</param>
    /// <param name="emptyMatches">SQuAD 2.0's rule: two answers without words are equal (1); SQuAD 1.1 gives 0.</param>
    public static double F1(string prediction, IEnumerable<string> golds, bool emptyMatches = false)
    {
        ArgumentNullException.ThrowIfNull(golds);
        string[] words = Split(Normalize(prediction));
        double best = 0;
        foreach (string gold in golds)
        {
            string[] goldWords = Split(Normalize(gold));
            double score = emptyMatches && words.Length == 0 && goldWords.Length == 0 ? 1 : TokenOverlap.F1(words, goldWords);
            best = Math.Max(best, score);
        }

        return best;
    }

    private static string[] Split(string normalized) => normalized.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Articles go where they stand as whole words (the reference's \b...\b), so "x-a" after punctuation was dropped is "xa" and stays.
    private static string[] Words(string text) =>
        Articles.Replace(text, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static System.Text.RegularExpressions.Regex Articles { get; } =
        new(@"\b(a|an|the)\b", System.Text.RegularExpressions.RegexOptions.CultureInvariant | System.Text.RegularExpressions.RegexOptions.NonBacktracking);
}
