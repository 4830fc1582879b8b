namespace Rag.Runtime.Sessions.Kernels;

/// <summary>
/// Runs several things in turns, so that other work on the machine meets all alike.
/// </summary>
internal static class RunsInTurns
{
    /// <summary>The fewest runs that a median is taken of.</summary>
    public const int LeastRounds = 5;

    // Rounds beyond are of no use to a median.
    private const int MostRounds = 400;

    /// <param name="runs">Each runs something once and says how many seconds that took.</param>
    /// <param name="time">The clock that ends it.</param>
    /// <param name="enough">When to stop where there are enough rounds.</param>
    /// <param name="most">When to stop in any case.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <returns>Null where there was no time for <see cref="LeastRounds"/>.</returns>
    public static KernelTime[]? Of(IReadOnlyList<Func<double>> runs, TimeProvider time, TimeSpan enough, TimeSpan most, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        List<double>[] found = [.. runs.Select(_ => new List<double>())];
        TimeSpan elapsed = TimeSpan.Zero;
        for (int round = 0; round < MostRounds && elapsed < (round < LeastRounds ? most : enough); round++)
        {
            for (int i = 0; i < runs.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                found[i].Add(runs[i]());
            }

            elapsed = time.GetElapsedTime(began);
        }

        return found.Length > 0 && found[0].Count < LeastRounds ? null : [.. found.Select(Time)];
    }

    private static KernelTime Time(List<double> values)
    {
        values.Sort();
        int half = values.Count / 2;
        return new KernelTime(values.Count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2, values[0]);
    }
}
