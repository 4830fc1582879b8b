namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>The tokens that a penalty counts.</summary>
/// <param name="Size">The most of the last tokens; null for all of them.</param>
/// <param name="WithPrompt">Whether the prompt counts.</param>
internal readonly record struct PenaltyWindow(int? Size, bool WithPrompt)
{
    public ReadOnlySpan<int> Of(in SamplingStep step)
    {
        ReadOnlySpan<int> tokens = WithPrompt ? step.Tokens : step.Tokens[step.PromptLength..];
        return Size is { } size && size < tokens.Length ? tokens[^size..] : tokens;
    }
}
