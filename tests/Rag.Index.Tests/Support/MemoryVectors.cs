using Rag.Index.Filters;
using Rag.Index.Vectors;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Tests.Support;

/// <summary>Vectors in memory with their graph, without a database: rows keep their numbers.</summary>
internal sealed class MemoryVectors : IDisposable
{
    private readonly VectorForm _form;
    private readonly VectorSearchOptions _options;
    private readonly GraphBuilder _builder;
    private readonly List<float[]> _prepared = [];

    public MemoryVectors(VectorMetric metric, int dimensions, VectorSearchOptions options)
    {
        (_form, _options, _builder) = (new(dimensions, metric), options, new(options));
        RowFormat format = new(_form, options.Precision);
        Snapshot = new(new(0, 0, new(format), [], 0, null), null, VectorOperations.Create(format), options);
    }

    public VectorSnapshot Snapshot { get; private set; }

    public VectorMatrix Matrix => Snapshot.Matrix;

    public void Add(IEnumerable<float[]> vectors)
    {
        VectorMatrix matrix = Matrix;
        long[] keys = matrix.AllKeys;
        int count = matrix.Count;
        foreach (float[] vector in vectors)
        {
            float[] prepared = new float[_form.Dimensions];
            Assert.Null(_form.Prepare(vector, prepared));
            _prepared.Add(prepared);
            matrix.Rows.Reserve(count + 1);
            matrix.Rows.Format.Write(prepared, matrix.Rows.Row(count++));
        }

        keys = [.. Enumerable.Range(1, count).Select(key => (long)key)];
        RowSet? live = null;
        if (matrix.Live is not null)
        {
            live = new(count);
            for (int row = 0; row < count; row++)
            {
                if (row >= matrix.Count || matrix.Live[row])
                {
                    live.Add(row, row + 1);
                }
            }
        }

        Snapshot = Snapshot with { Matrix = matrix with { AllKeys = keys, Count = count, Generation = matrix.Generation + 1, Live = live } };
    }

    public void Remove(Predicate<int> removed)
    {
        RowSet live = new(Matrix.Count);
        for (int row = 0; row < Matrix.Count; row++)
        {
            if (Matrix.Live?[row] != false && !removed(row))
            {
                live.Add(row, row + 1);
            }
        }

        Snapshot = Snapshot with { Matrix = Matrix with { Live = live, Generation = Matrix.Generation + 1, Removals = Matrix.Removals + 1 } };
    }

    public void Build() => Snapshot = _builder.Build(Snapshot, TestContext.Current.CancellationToken);

    /// <summary>The best rows as the index finds them, scored again where that is due.</summary>
    public (int Row, float Score)[] Search(float[] query, int top, RowSet? permitted = null)
    {
        float[] prepared = new float[_form.Dimensions];
        Assert.Null(_form.Prepare(query, prepared));
        bool exact = _options.Precision == VectorPrecision.Single;
        int wanted = Math.Min(exact ? top : top * _options.Rescore, permitted?.Count ?? Matrix.LiveCount);
        using VectorHits hits = Snapshot.Search(prepared, wanted, permitted, TestContext.Current.CancellationToken);
        var best = hits.Rows.ToArray().Zip(hits.Scores.ToArray()).OrderByDescending(hit => hit.Second).ThenBy(hit => hit.First).Take(wanted);
        return [.. best.Select(hit => (hit.First, exact ? hit.Second : _form.Score(_prepared[hit.First], prepared))).OrderByDescending(hit => hit.Item2).ThenBy(hit => hit.First).Take(top)];
    }

    /// <summary>Rows and true scores by plain loops.</summary>
    public (int Row, float Score)[] BruteForce(float[] query, int top, RowSet? permitted = null)
    {
        float[] prepared = new float[_form.Dimensions];
        _form.Prepare(query, prepared);
        return [.. Enumerable.Range(0, Matrix.Count)
            .Where(row => (permitted ?? Matrix.Live)?[row] != false)
            .Select(row => (row, _form.Score(_prepared[row], prepared)))
            .OrderByDescending(hit => hit.Item2).ThenBy(hit => hit.row).Take(top)];
    }

    /// <summary>Mean share of the true best that is found; one that scores as well counts.</summary>
    public double Recall(IEnumerable<float[]> queries, int top = 10, RowSet? permitted = null) => queries.Average(query =>
    {
        var truth = BruteForce(query, top, permitted);
        return Found(Search(query, top, permitted), truth[^1].Score) / (double)truth.Length;
    });

    public static int Found((int Row, float Score)[] hits, float worst) => hits.Count(hit => hit.Score >= worst - 1e-5f);

    public void Dispose() => _builder.Dispose();
}
