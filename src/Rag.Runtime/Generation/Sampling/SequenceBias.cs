namespace Rag.Runtime.Generation.Sampling;

/// <summary>A number that is added to the logit of the last token of a sequence where its other tokens came just before.</summary>
/// <param name="Tokens">The sequence, at least one token id.</param>
/// <param name="Bias">The number; negative ones make the sequence less probable.</param>
public sealed record SequenceBias(IReadOnlyList<int> Tokens, float Bias);
