namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Forces one of a few tokens as the last that the length allows: forced_eos_token_id of transformers.</summary>
internal sealed class ForcedEndRule(int maxLength, int[] ids) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        if (step.Tokens.Length == maxLength - 1)
        {
            step.Force(ids);
        }
    }
}
