namespace Rag.Index;

/// <summary>Gathers the population standard deviation of scores.</summary>
internal struct ScoreSpread
{
    private double _sum, _squares;

    public void Add(double score)
    {
        _sum += score;
        _squares += score * score;
    }

    /// <summary>The deviation over <paramref name="count"/> scores, those not added being 0.</summary>
    public readonly double StandardDeviation(long count)
    {
        if (count == 0)
        {
            return 0;
        }

        double mean = _sum / count;
        return Math.Sqrt(Math.Max(0, (_squares / count) - (mean * mean)));
    }
}
