namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// Adds a number to the score of the token that would complete a sequence. As in transformers a sequence counts only where
/// the text before is at least as long as the whole of it; biases that meet at one token are summed.
/// </summary>
internal sealed class SequenceBiasRule(IEnumerable<SequenceBias> biases) : ISamplingRule
{
    private readonly (int[] Prefix, int Last, float Bias)[] _biases =
        [.. biases.Select(bias => (bias.Tokens.Take(bias.Tokens.Count - 1).ToArray(), bias.Tokens[^1], bias.Bias))];

    public void Apply(in SamplingStep step)
    {
        foreach ((int[] prefix, int last, float bias) in _biases)
        {
            if (prefix.Length == 0 || (prefix.Length < step.Tokens.Length && step.Tokens.EndsWith(prefix)))
            {
                step.Scores[last] += bias;
            }
        }
    }
}
