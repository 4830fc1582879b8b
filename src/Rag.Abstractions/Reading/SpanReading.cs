namespace Rag.Reading;

/// <summary>What an <see cref="ISpanReader"/> finds in one passage.</summary>
/// <param name="Candidates">The best spans, best first; at least one. They may overlap.</param>
/// <param name="NoAnswerScore">The score of the place that stands for "not in this passage", on the candidates' scale.</param>
public sealed record SpanReading(IReadOnlyList<ScoredSpan> Candidates, float NoAnswerScore)
{
    /// <summary>The span with the greatest score.</summary>
    public ScoredSpan Best => Candidates[0];

    /// <summary>
    /// How much rather the best span than no answer (Clark and Gardner, arXiv 1710.10723; SQuAD 2.0, arXiv 1806.03822).
    /// Comparable across passages of one question: the passage with the greatest margin answers best.
    /// </summary>
    public float Margin => Best.Score - NoAnswerScore;
}
