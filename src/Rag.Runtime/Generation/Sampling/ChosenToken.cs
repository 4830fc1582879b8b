namespace Rag.Runtime.Generation.Sampling;

/// <summary>A token of the output beside those that could have been in its place.</summary>
/// <param name="Token">The one that was chosen, by whatever rules.</param>
/// <param name="Top">The most probable ones before any rule, as many as were asked for, the lower id first at a tie.</param>
public sealed record ChosenToken(TokenLogProbability Token, IReadOnlyList<TokenLogProbability> Top);
