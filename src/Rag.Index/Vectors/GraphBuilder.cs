using Rag.Index.Filters;
using Rag.Index.Vectors.Hnsw;

namespace Rag.Index.Vectors;

/// <summary>Brings graphs up to date: takes out what was removed, adds what is new, one job at a time.</summary>
internal sealed class GraphBuilder(VectorSearchOptions options) : IDisposable
{
    /// <summary>Fewer new rows than this are left to be compared one by one.</summary>
    private const int LeastWork = 256;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _job = Task.CompletedTask;
    private VectorSnapshot? _built;

    /// <summary>Whether a snapshot's graph lacks so much that a job is worth while.</summary>
    public bool IsBehind(VectorSnapshot snapshot)
    {
        (VectorMatrix matrix, VectorGraph? graph) = (snapshot.Matrix, snapshot.Graph);
        if (matrix.LiveCount < options.ExactBelow || matrix.LiveCount == 0)
        {
            return false;
        }

        return graph is null || matrix.Count - graph.Count > Math.Max(LeastWork, matrix.Count / 100) || graph.Removals != matrix.Removals;
    }

    /// <summary>Begins a job on another thread unless one runs.</summary>
    public void Start(VectorSnapshot snapshot)
    {
        lock (_lock)
        {
            if (_job.IsCompleted && !_stop.IsCancellationRequested)
            {
                CancellationToken stop = _stop.Token;
                _job = Task.Run(() => Build(snapshot, stop), stop);
            }
        }
    }

    /// <summary>Ends the job and waits for it.</summary>
    public void Stop()
    {
        Task job;
        lock (_lock)
        {
            _stop.Cancel();
            job = _job;
        }

        ((IAsyncResult)job).AsyncWaitHandle.WaitOne();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    /// <summary>The snapshot with the newest graph that was built for its rows.</summary>
    public VectorSnapshot Latest(VectorSnapshot snapshot)
    {
        lock (_lock)
        {
            bool newer = _built is { } built && ReferenceEquals(built.Matrix.Rows, snapshot.Matrix.Rows) && built.Graph!.Count <= snapshot.Matrix.Count;
            return newer ? snapshot with { Graph = _built!.Graph } : snapshot;
        }
    }

    /// <summary>Does the job on this thread.</summary>
    /// <returns>The snapshot with its graph.</returns>
    public VectorSnapshot Build(VectorSnapshot snapshot, CancellationToken cancellationToken)
    {
        snapshot = Latest(snapshot);
        (VectorMatrix matrix, VectorGraph? graph) = (snapshot.Matrix, snapshot.Graph);
        if (graph is not null && graph.Removals != matrix.Removals)
        {
            RowSet holes = Holes(matrix, graph.Count);
            if (holes.Count > graph.Count / 2)
            {
                graph = null;
            }
            else if (holes.Count > 0)
            {
                snapshot.Operations.Remove(graph.Links, matrix.Rows, holes, graph.Count, options.EfConstruction, cancellationToken);
            }
        }

        HnswGraph links = graph?.Links ?? new(options.M, options.Seed);
        snapshot.Operations.Add(links, matrix.Rows, graph?.Count ?? 0, matrix.Count, matrix.Live, options.EfConstruction, options.Threads, cancellationToken);
        snapshot = snapshot with { Graph = new(links, matrix.Count, matrix.Removals) };
        lock (_lock)
        {
            _built = snapshot;
        }

        return snapshot;
    }

    private static RowSet Holes(VectorMatrix matrix, int count)
    {
        RowSet holes = new(matrix.Count);
        for (int row = 0; row < count; row++)
        {
            if (matrix.Live?[row] == false)
            {
                holes.Add(row, row + 1);
            }
        }

        return holes;
    }
}
