using Rag.Documents;

namespace Rag.Reading;

/// <summary>What an <see cref="ISpanReader"/> finds in one passage.</summary>
/// <param name="Range">The best span, in UTF-16 code units of the passage as given; whole tokens of the model, so it may end within a word.</param>
/// <param name="Score">How well the span fits: start logit of its first token plus end logit of its last.</param>
/// <param name="NoAnswerScore">The same sum of the place that stands for "not in this passage"; of the window that the span is from.</param>
public sealed record SpanReading(TextRange Range, float Score, float NoAnswerScore)
{
    /// <summary>
    /// How much rather the span than no answer (Clark and Gardner, arXiv 1710.10723; SQuAD 2.0, arXiv 1806.03822).
    /// Comparable across passages of one question: the passage with the greatest margin answers best.
    /// </summary>
    public float Margin => Score - NoAnswerScore;
}
