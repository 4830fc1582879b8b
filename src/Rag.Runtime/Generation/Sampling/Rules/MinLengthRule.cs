namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Drops the stop tokens while the sequence is too short.</summary>
/// <param name="length">The tokens that it must have before it may end.</param>
/// <param name="withPrompt">Whether the prompt counts: min_length of transformers; else its min_new_tokens.</param>
/// <param name="stopTokens">What ends it.</param>
internal sealed class MinLengthRule(int length, bool withPrompt, int[] stopTokens) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        if (step.Tokens.Length - (withPrompt ? 0 : step.PromptLength) < length)
        {
            step.Drop(stopTokens);
        }
    }
}
