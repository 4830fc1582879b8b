namespace Rag.Runtime.Verification;

/// <summary>One comparison of a model with what is expected of it.</summary>
/// <param name="Name">What was compared: a case of expected.json, or a file.</param>
/// <param name="Compared">How many numbers were.</param>
/// <param name="LargestDifference">The greatest absolute difference of them; null where nothing was computed.</param>
/// <param name="SameTokens">Whether the likeliest tokens were those that are expected; null where none are.</param>
/// <param name="Passed">Whether it is as expected.</param>
/// <param name="Note">What a person should know about it; null for nothing.</param>
public sealed record VerificationCase(string Name, long Compared, double? LargestDifference, bool? SameTokens, bool Passed, string? Note = null);
