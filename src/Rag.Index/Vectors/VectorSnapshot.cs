using System.Buffers;
using Rag.Index.Filters;

namespace Rag.Index.Vectors;

/// <summary>The vectors of one commit, ready to be searched.</summary>
/// <param name="Matrix">The vectors.</param>
/// <param name="Graph">Their graph, if there is one; it may lag behind.</param>
/// <param name="Operations">Compiled for the matrix.</param>
/// <param name="Options">How to search.</param>
internal sealed record VectorSnapshot(VectorMatrix Matrix, VectorGraph? Graph, VectorOperations Operations, VectorSearchOptions Options)
{
    /// <summary>Rows whose scores stand for all when their spread is estimated.</summary>
    private const int Sample = 512;

    /// <summary>Finds the best rows.</summary>
    /// <param name="vector">The question's prepared vector.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="permitted">Rows that may be found, none of them a hole; null for all.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public VectorHits Search(ReadOnlySpan<float> vector, int count, RowSet? permitted, CancellationToken cancellationToken)
    {
        RowSet? rows = permitted ?? Matrix.Live;
        if (!UsesGraph(count, rows))
        {
            return rows is null ? ScanAll(vector, cancellationToken) : ScanSome(vector, rows);
        }

        return SearchGraph(vector, count, permitted, cancellationToken) ?? (rows is null ? ScanAll(vector, cancellationToken) : ScanSome(vector, rows));
    }

    /// <summary>Whether the graph is expected to cost less than comparing every permitted row.</summary>
    public bool UsesGraph(int count, RowSet? rows)
    {
        int all = Matrix.Count, some = rows?.Count ?? all;
        if (Graph is null || all < Options.ExactBelow || all - Graph.Count > all / 2)
        {
            return false;
        }

        // A walk that must keep ef permitted rows looks at about ef * all / some rows' neighbours.
        long ef = Ef(count);
        return ef * Options.M * all / Math.Max(1, some) < some;
    }

    private int Ef(int count) => Math.Max(Options.EfSearch, count);

    private VectorHits ScanAll(ReadOnlySpan<float> vector, CancellationToken cancellationToken)
    {
        VectorHits hits = VectorHits.Rent(Matrix.Count);
        Operations.Scan(Matrix.Rows, vector, 0, hits.Scores, Options.Threads, cancellationToken);
        for (int i = 0; i < Matrix.Count; i++)
        {
            hits.Rows[i] = i;
        }

        hits.Deviation = Spread(hits.Scores);
        GC.KeepAlive(Matrix);
        return hits;
    }

    private VectorHits ScanSome(ReadOnlySpan<float> vector, RowSet rows)
    {
        VectorHits hits = VectorHits.Rent(rows.Count);
        for (int i = 0, row = rows.Next(0); i < rows.Count; i++)
        {
            hits.Rows[i] = row;
            row = row + 1 < rows.Rows ? rows.Next(row + 1) : -1;
        }

        Operations.Score(Matrix.Rows, vector, hits.Rows, hits.Scores);
        hits.Deviation = Spread(hits.Scores);
        GC.KeepAlive(Matrix);
        return hits;
    }

    private VectorHits? SearchGraph(ReadOnlySpan<float> vector, int count, RowSet? permitted, CancellationToken cancellationToken)
    {
        VectorGraph graph = Graph!;
        int ef = Ef(count), tail = Matrix.Count - graph.Count;
        RowSet? filter = permitted ?? (graph.Removals == Matrix.Removals ? null : Matrix.Live);
        VectorHits hits = VectorHits.Rent(ef + tail);
        int found = Operations.Search(graph.Links, Matrix.Rows, Matrix.Count, vector, ef, filter, hits.Rows, hits.Scores);
        if (found <= 0)
        {
            hits.Dispose();
            return null;
        }

        // Rows that the graph has not known for certain are compared one by one; those that it found among them do not count twice.
        RowSet? rows = permitted ?? Matrix.Live;
        int kept = 0;
        for (int i = 0; i < found; i++)
        {
            int row = hits.Rows[i];
            if (row < graph.Count && rows?[row] != false)
            {
                (hits.Rows[kept], hits.Scores[kept++]) = (row, hits.Scores[i]);
            }
        }

        if (tail > 0)
        {
            float[] scores = ArrayPool<float>.Shared.Rent(tail);
            Operations.Scan(Matrix.Rows, vector, graph.Count, scores.AsSpan(0, tail), Options.Threads, cancellationToken);
            for (int row = graph.Count; row < Matrix.Count; row++)
            {
                if (rows?[row] != false)
                {
                    (hits.Rows[kept], hits.Scores[kept++]) = (row, scores[row - graph.Count]);
                }
            }

            ArrayPool<float>.Shared.Return(scores);
        }

        hits.Keep(kept);
        hits.Deviation = EstimateSpread(vector, rows);
        GC.KeepAlive(Matrix);
        return hits;
    }

    private static double Spread(ReadOnlySpan<float> scores)
    {
        ScoreSpread spread = default;
        foreach (float score in scores)
        {
            spread.Add(score);
        }

        return spread.StandardDeviation(scores.Length);
    }

    // From rows at even distances, always the same ones.
    private double EstimateSpread(ReadOnlySpan<float> vector, RowSet? rows)
    {
        Span<int> sample = stackalloc int[Sample];
        int count = 0;
        for (int i = 0; i < Sample; i++)
        {
            int row = (int)((long)i * Matrix.Count / Sample);
            row = rows is null ? row : rows.Next(row);
            if (row >= 0)
            {
                sample[count++] = row;
            }
        }

        Span<float> scores = stackalloc float[Sample];
        Operations.Score(Matrix.Rows, vector, sample[..count], scores[..count]);
        return Spread(scores[..count]);
    }
}
