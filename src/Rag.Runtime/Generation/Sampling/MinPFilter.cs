namespace Rag.Runtime.Generation.Sampling;

/// <summary>Min-p: drops tokens whose probability is below a share of the highest one.</summary>
internal static class MinPFilter
{
    /// <summary>Sets what is dropped to negative infinity. p / p_max is exp(score - max), so no softmax is needed.</summary>
    public static void Apply(Span<float> scores, float minP)
    {
        if (minP <= 0)
        {
            return;
        }

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
