namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Top-p: keeps the fewest most probable tokens whose probabilities reach p, at least one. The same set as the rule
/// "sort ascending, drop while the cumulative probability is at most 1 - p".
/// </summary>
internal sealed class TopPRule(float p) : ITruncatingRule
{
    public void Apply(in SamplingStep step) => Apply(step.Scores, p, step.Buffers.Order, step.Buffers.Weights);

    /// <summary>Sets what is dropped to negative infinity.</summary>
    /// <param name="scores">Changed in place.</param>
    /// <param name="p">The probability to reach.</param>
    /// <param name="ids">Room for as many ids as scores.</param>
    /// <param name="weights">Room for as many values as scores.</param>
    public static void Apply(Span<float> scores, float p, Span<int> ids, Span<float> weights)
    {
        if (p >= 1)
        {
            return;
        }

        double total = Softmax.Exponentials(scores, weights);
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > float.NegativeInfinity)
            {
                ids[count++] = i;
            }
        }

        // In descending order a token stays while the mass of those before it is below p; p as its decimal digits say, since
        // 0.999f is 1.3e-8 off and a long tail holds tokens less probable than that.
        int kept = MassBoundary.Find(ids[..count], weights, weights, (double)(decimal)p * total);
        foreach (int id in ids[kept..count])
        {
            scores[id] = float.NegativeInfinity;
        }
    }
}
