namespace Rag.Runtime.Classification;

/// <summary>A word of a text and the label that a model gives it.</summary>
/// <param name="Word">Its number in the text.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">Behind its last.</param>
/// <param name="Label">As the model names it, such as "B-PER".</param>
/// <param name="Probability">Of the label.</param>
internal readonly record struct LabelledWord(int Word, int Start, int End, string Label, float Probability);
