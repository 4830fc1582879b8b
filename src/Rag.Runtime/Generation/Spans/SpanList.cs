using Rag.Documents;

namespace Rag.Runtime.Generation.Spans;

/// <summary>The best spans so far, each place once.</summary>
internal sealed class SpanList(int count, bool lengthNormalized)
{
    private readonly List<(int Source, TextRange Range, double LogProbability, int Tokens, int Occurrences)> _best = [];

    /// <summary>The best first.</summary>
    public IReadOnlyList<(int Source, TextRange Range, double LogProbability, int Tokens, int Occurrences)> Best => _best;

    /// <summary>What a span must pass to be one of the best.</summary>
    public double Threshold => _best.Count < count ? double.NegativeInfinity : Score(_best[^1].LogProbability, _best[^1].Tokens);

    /// <summary>The most that a span can come to which begins with tokens of some log-probability and has at most so many.</summary>
    public double Bound(double logProbability, int maxTokens) => Score(logProbability, maxTokens);

    /// <summary>Takes a span if it is one of the best.</summary>
    public void Offer(int source, TextRange range, double logProbability, int tokens, int occurrences)
    {
        double score = Score(logProbability, tokens);
        int known = _best.FindIndex(span => span.Source == source && span.Range == range);
        if (known >= 0)
        {
            if (Score(_best[known].LogProbability, _best[known].Tokens) >= score)
            {
                return;
            }

            _best.RemoveAt(known);
        }
        else if (!(score > Threshold))
        {
            return;
        }
        else if (_best.Count == count)
        {
            _best.RemoveAt(count - 1);
        }

        int place = _best.FindIndex(span => Score(span.LogProbability, span.Tokens) < score);
        _best.Insert(place < 0 ? _best.Count : place, (source, range, logProbability, tokens, occurrences));
    }

    private double Score(double logProbability, int tokens) => lengthNormalized ? logProbability / (tokens + 1) : logProbability;
}
