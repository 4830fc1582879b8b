namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// "Don't repeat yourself" as llama.cpp has it: score -= multiplier * base^(length - allowed), where length is that of the
/// longest repeated sequence that the token would go on with; breakers end a sequence.
/// </summary>
internal sealed class DryRule(float multiplier, float growth, int allowed, PenaltyWindow window, int[] breakers) : ISamplingRule
{
    private readonly HashSet<int> _breakers = [.. breakers];

    // Longer repeats would raise the penalty past the largest number; it is beyond any score long before.
    private readonly int _maxLength = growth > 1 ? allowed + (int)(Math.Log(float.MaxValue) / Math.Log(growth)) : allowed + 1000;

    public void Apply(in SamplingStep step)
    {
        ReadOnlySpan<int> tokens = window.Of(step);
        Span<int> lengths = step.Buffers.Counts;
        for (int end = tokens.Length - 2; end >= 0; end--)
        {
            int next = tokens[end + 1];
            int length = Length(tokens, end);
            if (length >= allowed && (uint)next < (uint)lengths.Length && !_breakers.Contains(next))
            {
                lengths[next] = Math.Max(lengths[next], length);
            }
        }

        foreach (int id in tokens)
        {
            if ((uint)id < (uint)lengths.Length && lengths[id] > 0)
            {
                step.Scores[id] -= (float)Math.Min(multiplier * Math.Pow(growth, lengths[id] - allowed), float.MaxValue);
                lengths[id] = 0;
            }
        }
    }

    /// <summary>How many tokens up to a place are the same as the last ones.</summary>
    private int Length(ReadOnlySpan<int> tokens, int end)
    {
        int length = 0;
        while (length <= end && length < _maxLength && tokens[end - length] == tokens[tokens.Length - 1 - length] && !_breakers.Contains(tokens[end - length]))
        {
            length++;
        }

        return length;
    }
}
