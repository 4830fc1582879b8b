namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Raises the stop tokens after a number of tokens of output: score += |score| * (factor^(tokens past it) - 1), which is
/// exponential_decay_length_penalty of transformers.
/// </summary>
internal sealed class LengthDecayRule(int start, float factor, int[] stopTokens) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        int past = step.Tokens.Length - step.PromptLength - start;
        if (past <= 0)
        {
            return;
        }

        float share = (float)Math.Min(Math.Pow(factor, past) - 1, float.MaxValue);
        foreach (int id in stopTokens)
        {
            // What was dropped stays dropped: |-infinity| would make it not a number.
            if (step.Scores[id] > float.NegativeInfinity)
            {
                step.Scores[id] = Math.Min(step.Scores[id] + (MathF.Abs(step.Scores[id]) * share), float.MaxValue);
            }
        }
    }
}
