namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Drops every token that would complete an n-gram which prompt or output already hold.</summary>
internal sealed class NoRepeatNgramRule(int size) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        ReadOnlySpan<int> tokens = step.Tokens;
        int prefix = size - 1;
        if (tokens.Length < prefix)
        {
            return;
        }

        ReadOnlySpan<int> last = tokens[^prefix..];
        for (int next = prefix; next < tokens.Length; next++)
        {
            if ((uint)tokens[next] < (uint)step.Scores.Length && tokens.Slice(next - prefix, prefix).SequenceEqual(last))
            {
                step.Scores[tokens[next]] = float.NegativeInfinity;
            }
        }
    }
}
