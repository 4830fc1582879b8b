namespace Rag.Evaluation.Answers;

/// <summary>How answers of one language are compared.</summary>
internal sealed class AnswerForm
{
    private static readonly AnswerForm English = new(
        SquadAnswers.Normalize, SquadAnswers.ExactMatch, (prediction, golds) => SquadAnswers.F1(prediction, golds), char.IsLetterOrDigit);

    // Particles follow a Korean noun without a space, so only digits and Latin letters run on.
    private static readonly AnswerForm Korean = new(
        KorquadAnswers.Normalize, KorquadAnswers.ExactMatch, KorquadAnswers.F1, char.IsAsciiLetterOrDigit);

    private readonly Func<string, string> _normalize;
    private readonly Func<char, bool> _runsOn;

    private AnswerForm(
        Func<string, string> normalize,
        Func<string, IEnumerable<string>, double> exactMatch,
        Func<string, IEnumerable<string>, double> f1,
        Func<char, bool> runsOn)
    {
        _normalize = normalize;
        _runsOn = runsOn;
        ExactMatch = exactMatch;
        F1 = f1;
    }

    /// <summary>1 or 0; the best over the accepted answers.</summary>
    public Func<string, IEnumerable<string>, double> ExactMatch { get; }

    /// <summary>F1, the best over the accepted answers.</summary>
    public Func<string, IEnumerable<string>, double> F1 { get; }

    /// <summary>Korean where a fifth of the letters are Hangul, else English.</summary>
    public static AnswerForm For(string text)
    {
        int letters = text.Count(char.IsLetter), hangul = text.Count(character => character is >= '가' and <= '힣');
        return hangul > 0 && hangul * 5 >= letters ? Korean : English;
    }

    /// <summary>
    /// Whether a text holds one of the answers: in the normal form of both, or word for word, with no letter or digit running on
    /// at either end (so "US" is not in "USA", and 1989 is in "1989–90"); in Korean only digits and Latin letters run on.
    /// </summary>
    public bool Holds(string text, IEnumerable<string> golds)
    {
        string? normal = null;
        return golds.Any(gold => Stands(text, gold) || Stands(normal ??= _normalize(text), _normalize(gold)));
    }

    private bool Stands(string text, string gold)
    {
        int at = gold.Length == 0 ? -1 : text.IndexOf(gold, StringComparison.Ordinal);
        while (at >= 0)
        {
            int end = at + gold.Length;
            bool before = at > 0 && _runsOn(text[at - 1]) && _runsOn(gold[0]), after = end < text.Length && _runsOn(gold[^1]) && _runsOn(text[end]);
            if (!before && !after)
            {
                return true;
            }

            at = text.IndexOf(gold, at + 1, StringComparison.Ordinal);
        }

        return false;
    }
}
