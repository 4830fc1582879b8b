namespace Rag.Runtime.Generation.Sampling;

/// <summary>How probable a token was.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">What it decodes to alone; part of a character becomes the replacement character.</param>
/// <param name="LogProbability">The natural logarithm of its probability by the model's untouched logits.</param>
public sealed record TokenLogProbability(int Id, string Text, double LogProbability);
