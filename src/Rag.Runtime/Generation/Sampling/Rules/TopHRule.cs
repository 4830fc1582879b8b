namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Top-H (arXiv 2509.02510): of the 100 most probable tokens keeps those, from the most probable on, whose summed terms of
/// the entropy stay within a share of the entropy of all 100; at least one.
/// </summary>
internal sealed class TopHRule(float share) : ITruncatingRule
{
    private const int MaxTokens = 100;

    public void Apply(in SamplingStep step)
    {
        Span<float> scores = step.Scores;
        Span<int> top = step.Buffers.Order[..Math.Min(MaxTokens, scores.Length)];
        TopTokens.Select(scores, top);
        Span<float> kept = stackalloc float[top.Length];
        for (int i = 0; i < top.Length; i++)
        {
            kept[i] = scores[top[i]];
        }

        (double logTotal, double entropy) = Softmax.Entropy(kept, step.Buffers.Weights);
        double limit = share * entropy;
        double sum = 0;
        scores.Fill(float.NegativeInfinity);
        for (int i = 0; i < kept.Length; i++)
        {
            double logProbability = kept[i] - logTotal;
            sum -= logProbability * Math.Exp(logProbability);

            // A probability of 0 has no term; it and what follows it are dropped, as "not a number" is in the reference.
            if (i > 0 && !(sum <= limit))
            {
                break;
            }

            scores[top[i]] = kept[i];
        }
    }
}
