namespace Rag.Runtime.Generation.Speculation;

/// <summary>What guessing ahead was good for in a <see cref="LocalChatClient"/> so far; its <c>GetService</c> gives it as it is at that time.</summary>
/// <param name="Steps">Steps of the model after prompts, with or without guesses.</param>
/// <param name="CheckedSteps">Those of them that had guesses to check.</param>
/// <param name="DraftedTokens">Tokens guessed and checked.</param>
/// <param name="AcceptedTokens">Those of them that were what came.</param>
/// <param name="Off">Why nothing can be guessed for this model; null where it can.</param>
public sealed record SpeculationUsage(long Steps, long CheckedSteps, long DraftedTokens, long AcceptedTokens, string? Off);
