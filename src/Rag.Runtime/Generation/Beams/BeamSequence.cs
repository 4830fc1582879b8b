namespace Rag.Runtime.Generation.Beams;

/// <summary>One sequence that a beam search found.</summary>
/// <param name="Tokens">The output without the prompt; the stop token is its last one where one ended it.</param>
/// <param name="Score">The sum of its log-probabilities, as the rules left them, divided by length^penalty.</param>
/// <param name="End">Whether a stop token or the budget ended it.</param>
public sealed record BeamSequence(IReadOnlyList<int> Tokens, float Score, BeamEnd End);
