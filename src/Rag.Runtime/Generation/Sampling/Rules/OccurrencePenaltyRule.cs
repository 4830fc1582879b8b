namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Presence and frequency penalty by OpenAI's rule: score -= count * frequency + (count > 0 ? presence : 0).</summary>
internal sealed class OccurrencePenaltyRule(float presence, float frequency, PenaltyWindow window) : ISamplingRule
{
    public void Apply(in SamplingStep step)
    {
        Span<int> counts = step.Buffers.Counts;
        ReadOnlySpan<int> tokens = window.Of(step);
        foreach (int id in tokens)
        {
            if ((uint)id < (uint)counts.Length)
            {
                counts[id]++;
            }
        }

        foreach (int id in tokens)
        {
            if ((uint)id < (uint)counts.Length && counts[id] > 0)
            {
                step.Scores[id] -= (counts[id] * frequency) + presence;
                counts[id] = 0;
            }
        }
    }
}
