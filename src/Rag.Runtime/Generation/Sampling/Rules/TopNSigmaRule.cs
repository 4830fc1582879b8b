namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Top-n-sigma (arXiv 2411.07641): keeps the scores that are at most n standard deviations below the highest.</summary>
internal sealed class TopNSigmaRule(float n) : ITruncatingRule
{
    public void Apply(in SamplingStep step)
    {
        Span<float> scores = step.Scores;
        double sum = 0;
        int count = 0;
        foreach (float score in scores)
        {
            if (score > float.NegativeInfinity)
            {
                sum += score;
                count++;
            }
        }

        double mean = sum / count;
        double squares = 0;
        foreach (float score in scores)
        {
            if (score > float.NegativeInfinity)
            {
                squares += (score - mean) * (score - mean);
            }
        }

        double threshold = Softmax.Max(scores) - (n * Math.Sqrt(squares / count));
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] < threshold)
            {
                scores[i] = float.NegativeInfinity;
            }
        }
    }
}
