namespace Rag.Runtime.Generation.Speculation;

/// <summary>How many guesses are worth checking.</summary>
internal static class DraftPlan
{
    // Estimates are noisy, and what is lost counts more than what is won.
    private const double Margin = 1.05;

    /// <summary>
    /// The number of guesses with the most tokens to be expected in a unit of time: 1 + a1 + a1 a2 + ... over the cost of the step
    /// (Leviathan et al., arXiv 2211.17192, with an acceptance of its own for each guess).
    /// </summary>
    /// <param name="levels">Of the guesses, in their order.</param>
    /// <param name="acceptance">How often guesses were right.</param>
    /// <param name="costs">Of steps of 1, 2, ... tokens.</param>
    /// <param name="width">The tokens that must run in any case.</param>
    /// <param name="perGuess">What making one guess costs, in steps of one token.</param>
    /// <param name="budget">What the step may cost with its guesses.</param>
    /// <param name="gain">How many times as fast as without guesses it is expected to be.</param>
    /// <returns>0 where plain steps are as good.</returns>
    public static int Choose(ReadOnlySpan<int> levels, Acceptance acceptance, ReadOnlySpan<double> costs, int width, double perGuess, double budget, out double gain)
    {
        double plain = costs[width - 1];
        double expected = 1;
        double probability = 1;
        int best = 0;
        gain = Margin;
        for (int k = 1; k <= levels.Length && width - 1 + k < costs.Length; k++)
        {
            probability *= acceptance.Rate(levels[k - 1]);
            expected += probability;
            double cost = costs[width - 1 + k] + (k * perGuess);
            double rate = expected * plain / cost;
            if (cost <= budget && rate > gain)
            {
                (best, gain) = (k, rate);
            }
        }

        return best;
    }
}
