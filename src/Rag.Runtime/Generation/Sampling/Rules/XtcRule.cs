namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// "Exclude top choices" as llama.cpp has it: at some steps, drops every token at least as probable as a threshold except
/// the least probable of those. Its random numbers are its own, so a seed draws the same tokens with and without it.
/// </summary>
internal sealed class XtcRule(float probability, float threshold, long seed) : ITruncatingRule
{
    private SeededRandom _random = new(unchecked((seed * 6364136223846793005) + 1442695040888963407));

    public void Apply(in SamplingStep step)
    {
        if (_random.NextDouble() >= probability)
        {
            return;
        }

        Span<float> scores = step.Scores;
        (double logTotal, _) = Softmax.Entropy(scores, step.Buffers.Weights);
        double limit = Math.Log(threshold) + logTotal;
        int last = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            // In descending order with the lower id first, the one kept is the last: the later id of two that tie.
            if (scores[i] >= limit && (last < 0 || scores[i] <= scores[last]))
            {
                last = i;
            }
        }

        for (int i = 0; i < scores.Length; i++)
        {
            if (i != last && scores[i] >= limit)
            {
                scores[i] = float.NegativeInfinity;
            }
        }
    }
}
