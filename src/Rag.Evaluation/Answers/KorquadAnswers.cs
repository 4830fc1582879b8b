using System.Text;

namespace Rag.Evaluation.Answers;

/// <summary>
/// Exact match and F1 of Korean answers as KorQuAD 1.0 defines them: quotation marks and brackets become spaces, then lower case,
/// ASCII punctuation dropped, spaces collapsed. Exact match compares with the spaces, F1 counts characters without them; the best
/// over all gold answers counts. Stateless; safe for concurrent use.
/// </summary>
public static class KorquadAnswers
{
    private const string MarksAsSpaces = "'\"《》<>〈〉()‘’";

    /// <summary>The form in which answers are compared.</summary>
    public static string Normalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        StringBuilder kept = new(answer.Length);
        foreach (char character in AnswerText.Lower(answer))
        {
            if (MarksAsSpaces.Contains(character, StringComparison.Ordinal))
            {
                kept.Append(' ');
            }
            else if (!AnswerText.IsAsciiMark(character))
            {
                kept.Append(character);
            }
        }

        return string.Join(' ', kept.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>1 where the prediction equals a gold answer after normalisation, else 0.</summary>
    public static double ExactMatch(string prediction, IEnumerable<string> golds)
    {
        ArgumentNullException.ThrowIfNull(golds);
        string normalized = Normalize(prediction);
        return golds.Any(gold => Normalize(gold) == normalized) ? 1 : 0;
    }

    /// <summary>F1 over characters, the best over the gold answers.</summary>
    public static double F1(string prediction, IEnumerable<string> golds)
    {
        ArgumentNullException.ThrowIfNull(golds);
        Rune[] characters = Characters(prediction);
        return golds.Select(gold => TokenOverlap.F1(characters, Characters(gold))).DefaultIfEmpty().Max();
    }

    private static Rune[] Characters(string answer) => [.. Normalize(answer).EnumerateRunes().Where(rune => rune.Value != ' ')];
}
