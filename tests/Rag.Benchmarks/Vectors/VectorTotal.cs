namespace Rag.Benchmarks.Vectors;

/// <summary>What an engine took in all.</summary>
internal sealed class VectorTotal(string name)
{
    private readonly SortedDictionary<int, (double Seconds, double Recall)> _searches = [];

    public string Name => name;

    public VectorBuild Build { get; set; } = new(0, 0);

    /// <summary>Keeps the fastest of several runs with the same setting.</summary>
    public void Add(int ef, VectorRun run, HashSet<int>[] truth)
    {
        double recall = run.Ids.Select((ids, i) => ids.Count(truth[i].Contains) / (double)truth[i].Count).Average();
        double seconds = run.Seconds / run.Ids.Length;
        _searches[ef] = (_searches.TryGetValue(ef, out var before) ? Math.Min(before.Seconds, seconds) : seconds, recall);
    }

    /// <summary>Every setting measured: ef, questions a second, recall.</summary>
    public IEnumerable<(int Ef, double PerSecond, double Recall)> Points => _searches.Select(pair => (pair.Key, 1 / pair.Value.Seconds, pair.Value.Recall));

    /// <summary>Questions a second at a recall, between the two settings about it; null where it was not reached.</summary>
    public double? PerSecondAt(double recall)
    {
        (double Seconds, double Recall)? below = null;
        foreach ((double seconds, double reached) in _searches.Values)
        {
            if (reached >= recall)
            {
                double share = below is { } other && reached > other.Recall ? (recall - other.Recall) / (reached - other.Recall) : 1;
                return 1 / ((share * seconds) + ((1 - share) * (below?.Seconds ?? seconds)));
            }

            below = (seconds, reached);
        }

        return null;
    }
}
