namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Divides positive and multiplies negative scores of the tokens that were there, each once (Keskar et al., arXiv 1909.05858).</summary>
internal sealed class RepetitionPenaltyRule(float penalty, PenaltyWindow window) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        Span<int> counts = step.Buffers.Counts;
        ReadOnlySpan<int> tokens = window.Of(step);
        foreach (int id in tokens)
        {
            // An id past the logits (padding of the embedding) can never be chosen, so no penalty concerns it.
            if ((uint)id < (uint)counts.Length && counts[id]++ == 0)
            {
                float score = step.Scores[id];
                step.Scores[id] = score < 0 ? score * penalty : score / penalty;
            }
        }

        TokenCounts.Clear(counts, tokens);
    }
}
