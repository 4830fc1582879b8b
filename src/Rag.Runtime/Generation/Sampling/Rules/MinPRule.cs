namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Min-p: drops tokens whose probability is below a share of the highest one.</summary>
internal sealed class MinPRule(float minP) : ITruncatingRule
{
    public void Apply(in SamplingStep step)
    {
        // p / p_max is exp(score - max), so no softmax is needed.
        Span<float> scores = step.Scores;
        float max = Softmax.Max(scores);
        for (int i = 0; i < scores.Length; i++)
        {
            if (MathF.Exp(scores[i] - max) < minP)
            {
                scores[i] = float.NegativeInfinity;
            }
        }
    }
}
