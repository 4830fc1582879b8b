namespace Rag.Runtime.Embedding.Modules;

/// <summary>The cumulative distribution function of the standard normal distribution, to double precision.</summary>
internal static class NormalDistribution
{
    // Beyond it the rest is below the last digit.
    private const double Far = 8.5;

    /// <summary>Phi(x), by the series x + x^3/3 + x^5/(3*5) + ... times the density (Abramowitz and Stegun 26.2.11).</summary>
    public static double Cumulative(double x)
    {
        if (Math.Abs(x) >= Far)
        {
            return x > 0 ? 1 : 0;
        }

        double term = x;
        double sum = x;
        for (int k = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); k += 2)
        {
            term *= x * x / k;
            sum += term;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
