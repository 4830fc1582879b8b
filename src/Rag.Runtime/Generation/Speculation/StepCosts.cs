namespace Rag.Runtime.Generation.Speculation;

/// <summary>
/// What a step of several tokens costs against a step of one, learnt from the steps that ran: a matter of the machine, the kernels
/// and the weights, hence shared by the requests of a model. Thread-safe.
/// </summary>
internal sealed class StepCosts
{
    // Measured of packed and plain weights on two machines: 1.2 to 1.5 for two tokens. A guess that is not worth the dearest is not tried first.
    private const double PriorSlope = .35;

    // A width that was dear once, for whatever other work there was, is tried again after so many steps.
    private const long Remembered = 1024;
    private const double LeastWeight = .25;
    private readonly Lock _lock = new();
    private readonly double[] _ratios;
    private readonly long[] _times;
    private readonly int[] _seen;
    private long _now;

    /// <summary>Whether nothing is learnt, so that what is guessed depends on no clock: the costs are then those that suit most machines.</summary>
    public bool IsFixed { get; init; }

    /// <param name="mostTokens">The widest step that is learnt of.</param>
    public StepCosts(int mostTokens)
    {
        _ratios = new double[mostTokens + 1];
        _times = new long[mostTokens + 1];
        _seen = new int[mostTokens + 1];
    }

    /// <summary>The time of a step of some tokens, in steps of one.</summary>
    public double Of(int tokens)
    {
        lock (_lock)
        {
            return Estimate(Math.Min(tokens, _ratios.Length - 1));
        }
    }

    /// <summary>Copies the estimates for steps of 1, 2, ... tokens.</summary>
    public void Read(Span<double> costs)
    {
        lock (_lock)
        {
            for (int i = 0; i < costs.Length; i++)
            {
                costs[i] = Estimate(Math.Min(i + 1, _ratios.Length - 1));
            }
        }
    }

    /// <summary>Counts a step that ran alone.</summary>
    /// <param name="tokens">How many tokens it had, 2 or more.</param>
    /// <param name="ratio">Its time, in steps of one token at about the same length of the sequence.</param>
    public void Note(int tokens, double ratio)
    {
        if (IsFixed || tokens < 2 || tokens >= _ratios.Length || !double.IsFinite(ratio))
        {
            return;
        }

        lock (_lock)
        {
            _now++;

            // The first step of a width makes room for it, and tells nothing.
            if (_seen[tokens]++ == 0)
            {
                return;
            }

            double held = Estimate(tokens);
            double weight = IsKnown(tokens) ? Math.Max(LeastWeight, 1.0 / (_seen[tokens] - 1)) : 1;
            _ratios[tokens] = Math.Max(1, held + (weight * (Math.Clamp(ratio, held / 2, held * 2) - held)));
            _times[tokens] = _now;
        }
    }

    private double Estimate(int tokens)
    {
        if (tokens <= 1)
        {
            return 1;
        }

        if (IsKnown(tokens))
        {
            return _ratios[tokens];
        }

        int below = tokens - 1;
        while (below > 1 && !IsKnown(below))
        {
            below--;
        }

        int above = tokens + 1;
        while (above < _ratios.Length && !IsKnown(above))
        {
            above++;
        }

        double low = below == 1 ? 1 : _ratios[below];
        double slope = above < _ratios.Length ? (_ratios[above] - low) / (above - below)
            : below > 1 ? (low - 1) / (below - 1)
            : PriorSlope;
        return low + (Math.Max(slope, 0) * (tokens - below));
    }

    private bool IsKnown(int tokens) => _times[tokens] > 0 && _now - _times[tokens] < Remembered;
}
