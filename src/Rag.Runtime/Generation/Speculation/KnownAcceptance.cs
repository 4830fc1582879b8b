namespace Rag.Runtime.Generation.Speculation;

/// <summary>
/// How often guesses of each level were right over the last requests: what a request begins with, so that a model that never
/// copies does not pay for finding out each time. Rates alone, nothing of any text. Thread-safe.
/// </summary>
internal sealed class KnownAcceptance
{
    // What is known before anything was counted weighs like so many guesses; and each request makes what was before it count less.
    private const double PriorWeight = 8;
    private const double Kept = .95;
    private readonly Lock _lock = new();
    private readonly double[] _right = new double[DraftLevel.Count];
    private readonly double[] _all = new double[DraftLevel.Count];

    /// <summary>Copies the rates.</summary>
    public void Read(Span<double> rates)
    {
        lock (_lock)
        {
            for (int i = 0; i < rates.Length; i++)
            {
                rates[i] = (_right[i] + (PriorWeight * DraftLevel.Priors[i])) / (_all[i] + PriorWeight);
            }
        }
    }

    /// <summary>Counts a request that ends.</summary>
    public void Note(Acceptance acceptance)
    {
        lock (_lock)
        {
            for (int i = 0; i < _all.Length; i++)
            {
                (int right, int all) = acceptance.Total(i);
                _right[i] = (_right[i] * Kept) + right;
                _all[i] = (_all[i] * Kept) + all;
            }
        }
    }
}
