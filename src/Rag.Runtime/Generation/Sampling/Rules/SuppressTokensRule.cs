namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Drops tokens.</summary>
/// <param name="ids">Which.</param>
/// <param name="atBegin">Whether they are dropped as first token of the output alone.</param>
internal sealed class SuppressTokensRule(int[] ids, bool atBegin) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        if (!atBegin || step.Tokens.Length == step.PromptLength)
        {
            step.Drop(ids);
        }
    }
}
