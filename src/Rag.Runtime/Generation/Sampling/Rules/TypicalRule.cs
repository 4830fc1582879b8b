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
        Span<float> weights = step.Buffers.Weights[..scores.Length];
        Span<float> nearness = step.Buffers.Keys[..scores.Length];
        Span<int> ids = step.Buffers.Order;
        (double logTotal, double entropy) = Softmax.Entropy(scores, weights);
        double total = Math.Exp(logTotal - Softmax.Max(scores));
        int count = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > float.NegativeInfinity)
            {
                nearness[i] = -(float)Math.Abs(logTotal - scores[i] - entropy);
                ids[count++] = i;
            }
        }

        int kept = MassBoundary.Find(ids[..count], nearness, weights, (double)(decimal)mass * total);
        float farthest = 0;
        foreach (int id in ids[..kept])
        {
            farthest = Math.Min(farthest, nearness[id]);
        }

        foreach (int id in ids[kept..count])
        {
            if (nearness[id] < farthest)
            {
                scores[id] = float.NegativeInfinity;
            }
        }
    }
}
