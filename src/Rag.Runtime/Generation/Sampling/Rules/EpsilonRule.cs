namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Epsilon sampling (Hewitt et al., arXiv 2210.15191): drops tokens less probable than a number, never the most probable.</summary>
internal sealed class EpsilonRule(float epsilon) : ITruncatingRule
{
    public void Apply(in SamplingStep step)
    {
        (double logTotal, _) = Softmax.Entropy(step.Scores, step.Buffers.Weights);
        Drop(step.Scores, epsilon, logTotal);
    }

    /// <summary>Drops what is less probable than a threshold, except the highest scores.</summary>
    public static void Drop(Span<float> scores, double threshold, double logTotal)
    {
        float max = Softmax.Max(scores);
        double limit = Math.Log(threshold) + logTotal;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] < max && scores[i] < limit)
            {
                scores[i] = float.NegativeInfinity;
            }
        }
    }
}
