namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Min-p: drops tokens whose probability is below a share of the highest one.</summary>
internal sealed class MinPRule(float minP) : ITruncatingRule
{
    public void Apply(in SamplingStep step)
    {
        // p / p_max is exp(score - max), so neither a softmax nor an exponential is needed.
        Span<float> scores = step.Scores;
        float max = Softmax.Max(scores);
        float limit = MathF.Log(minP);
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] - max < limit)
            {
                scores[i] = float.NegativeInfinity;
            }
        }
    }
}
