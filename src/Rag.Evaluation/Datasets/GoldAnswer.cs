namespace Rag.Evaluation.Datasets;

/// <summary>A right answer as it stands in the paragraph.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Start">Where the file says it begins, in characters as the file counts them.</param>
public sealed record GoldAnswer(string Text, int Start);
