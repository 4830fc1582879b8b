namespace Rag.Runtime.Generation.Sampling;

/// <summary>Collects the log-probabilities of what is chosen. Not thread-safe.</summary>
/// <param name="top">How many of the most probable tokens to note with each.</param>
/// <param name="text">What a token decodes to.</param>
internal sealed class LogProbabilityLog(int top, Func<int, string> text)
{
    private readonly List<ChosenToken> _tokens = [];

    /// <summary>Notes a token.</summary>
    /// <param name="logits">Untouched.</param>
    /// <param name="id">Chosen from them.</param>
    /// <param name="weights">Room for as many values as logits.</param>
    public void Add(ReadOnlySpan<float> logits, int id, Span<float> weights)
    {
        double logTotal = Softmax.LogSumExp(logits, weights);
        Span<int> ids = stackalloc int[Math.Min(top, logits.Length)];
        TopTokens.Select(logits, ids);
        List<TokenLogProbability> best = new(ids.Length);
        foreach (int candidate in ids)
        {
            if (logits[candidate] > float.NegativeInfinity)
            {
                best.Add(Of(candidate, logits[candidate]));
            }
        }

        _tokens.Add(new ChosenToken(Of(id, logits[id]), best));

        TokenLogProbability Of(int token, float logit) => new(token, text(token), logit - logTotal);
    }

    /// <summary>Drops the last token that was noted.</summary>
    public void RemoveLast() => _tokens.RemoveAt(_tokens.Count - 1);

    /// <summary>What was noted since the last call; null for nothing.</summary>
    public LogProbabilityContent? Take()
    {
        if (_tokens.Count == 0)
        {
            return null;
        }

        LogProbabilityContent content = new([.. _tokens]);
        _tokens.Clear();
        return content;
    }
}
