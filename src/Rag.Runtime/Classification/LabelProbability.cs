namespace Rag.Runtime.Classification;

/// <summary>A label and how probable the model holds it.</summary>
/// <param name="Label">The label as the model's config.json names it.</param>
/// <param name="Probability">From 0 to 1.</param>
public readonly record struct LabelProbability(string Label, float Probability);
