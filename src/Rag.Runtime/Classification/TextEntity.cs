using Rag.Documents;

namespace Rag.Runtime.Classification;

/// <summary>A stretch of a text that a <see cref="TokenClassifier"/> has given a label, such as a name.</summary>
/// <param name="Label">The label without its "B-" or "I-".</param>
/// <param name="Range">Where it stands, in UTF-16 code units of the text; whole words.</param>
/// <param name="Probability">The mean of the probabilities of its words' labels, from 0 to 1.</param>
public readonly record struct TextEntity(string Label, TextRange Range, float Probability);
