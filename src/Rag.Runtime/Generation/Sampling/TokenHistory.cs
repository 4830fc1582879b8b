namespace Rag.Runtime.Generation.Sampling;

/// <summary>Which tokens prompt and output hold, for the penalties: lists of distinct ids and the counts of the output.</summary>
internal sealed class TokenHistory
{
    private readonly int[] _outputCounts;
    private readonly bool[] _seen;
    private readonly List<int> _distinct;

    public TokenHistory(int vocabularySize, ReadOnlySpan<int> prompt)
    {
        _outputCounts = new int[vocabularySize];
        _seen = new bool[vocabularySize];
        _distinct = new List<int>(prompt.Length + 64);
        foreach (int id in prompt)
        {
            Note(id);
        }
    }

    /// <summary>Counts one more token of the output.</summary>
    public void AddOutput(int id)
    {
        Note(id);
        if ((uint)id < (uint)_outputCounts.Length)
        {
            _outputCounts[id]++;
        }
    }

    /// <summary>Applies the three penalties to the scores in place.</summary>
    public void Penalise(Span<float> scores, float repetition, float presence, float frequency)
    {
        foreach (int id in _distinct)
        {
            float score = scores[id];
            if (repetition != 1)
            {
                score = score < 0 ? score * repetition : score / repetition;
            }

            int count = _outputCounts[id];
            if (count > 0)
            {
                score -= (count * frequency) + presence;
            }

            scores[id] = score;
        }
    }

    private void Note(int id)
    {
        // An id past the logits (padding of the embedding) can never be sampled, so no penalty concerns it.
        if ((uint)id < (uint)_seen.Length && !_seen[id])
        {
            _seen[id] = true;
            _distinct.Add(id);
        }
    }
}
