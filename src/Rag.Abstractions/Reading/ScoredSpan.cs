using Rag.Documents;

namespace Rag.Reading;

/// <summary>A piece of a passage, and how well it fits the question.</summary>
/// <param name="Range">In UTF-16 code units of the passage as given; whole tokens of the model, so it may end within a word.</param>
/// <param name="Score">
/// The logit of beginning at its first token plus that of ending at its last: unnormalised log-probability, so that within a
/// passage the probability of a span is in proportion to e to this power.
/// </param>
public readonly record struct ScoredSpan(TextRange Range, float Score);
