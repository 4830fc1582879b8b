namespace Rag.Evaluation.Tests.Support;

/// <summary>What a <see cref="ScriptedGenerator"/> says.</summary>
/// <param name="Text">The text; null refuses.</param>
/// <param name="Quote">Words of a retrieved chunk to cite; null cites none.</param>
/// <param name="Confidence">What it tells of its confidence.</param>
internal sealed record ScriptedAnswer(string? Text, string? Quote = null, double? Confidence = null);
