namespace Rag.Runtime.Sessions.Kernels;

/// <summary>
/// Seconds that something takes. Other work on the machine raises the median, and most for what uses several processors; luck lowers the
/// best. What is remembered for all days to come must be faster by both.
/// </summary>
/// <param name="Median">Of all runs.</param>
/// <param name="Best">The shortest.</param>
internal readonly record struct KernelTime(double Median, double Best)
{
    private const double MostSpread = 1.3;

    /// <summary>Whether other work hardly held it up.</summary>
    public bool IsSteady => Median <= MostSpread * Best;

    /// <summary>How many times as fast something else is, by what shows it worse.</summary>
    public double GainOf(KernelTime other) => Math.Min(Median / other.Median, Best / other.Best);

    public static KernelTime operator +(KernelTime first, KernelTime second) => new(first.Median + second.Median, first.Best + second.Best);

    public static KernelTime operator *(double times, KernelTime time) => new(times * time.Median, times * time.Best);
}
