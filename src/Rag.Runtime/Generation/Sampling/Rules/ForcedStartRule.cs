namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Forces the token that follows the very first one: forced_bos_token_id of transformers.</summary>
internal sealed class ForcedStartRule(int id) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        if (step.Tokens.Length == 1)
        {
            step.Force([id]);
        }
    }
}
