namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Locally typical sampling (Meister et al., arXiv 2202.00666): keeps the tokens whose surprise is nearest to the entropy,
/// until their probabilities reach a mass; those that are as far as the last one stay with it.
/// </summary>
internal sealed class TypicalRule(float mass) : ITruncatingRule
{
    public void Apply(in SamplingStep step)
    {
        Span<float> scores = step.Scores;
        Span<float> shifts = step.Buffers.Weights[..scores.Length];
        Span<int> order = step.Buffers.Order[..scores.Length];
        (double logTotal, double entropy) = Softmax.Entropy(scores, shifts);
        for (int i = 0; i < scores.Length; i++)
        {
            shifts[i] = scores[i] == float.NegativeInfinity ? float.PositiveInfinity : (float)Math.Abs(logTotal - scores[i] - entropy);
            order[i] = i;
        }

        shifts.Sort(order);
        double cumulative = 0;
        int last = 0;
        while (last < order.Length - 1)
        {
            cumulative += Math.Exp(scores[order[last]] - logTotal);
            if (cumulative >= mass)
            {
                break;
            }

            last++;
        }

        float threshold = shifts[last];
        for (int i = last + 1; i < order.Length; i++)
        {
            if (shifts[i] > threshold)
            {
                scores[order[i]] = float.NegativeInfinity;
            }
        }
    }
}
