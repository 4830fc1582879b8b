using System.Buffers;
using Rag.Index.Filters;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>A question's prepared vector over the vectors of one commit, within its transaction.</summary>
internal sealed record VectorQuery(float[] Vector, VectorForm Form, VectorSnapshot Snapshot, IndexConnection Connection)
{
    /// <summary>The rows that a <see cref="RowSet"/> for this question counts.</summary>
    public VectorMatrix Matrix => Snapshot.Matrix;

    private bool IsExact => Matrix.Rows.Format.Precision == VectorPrecision.Single;

    /// <summary>Checks the vector; null where the index holds none to compare it with.</summary>
    /// <exception cref="ArgumentException">The vector cannot be compared; says why.</exception>
    public static VectorQuery? Create(ReadOnlySpan<float> vector, IndexState state, VectorCache cache, IndexConnection connection)
    {
        if (Manifests.Read(state.Manifest, connection.Path)?.Embedding is not { } embedding)
        {
            return null;
        }

        VectorForm form = new(embedding);
        float[] prepared = new float[form.Dimensions];
        string? fault = form.Prepare(vector, prepared);
        if (fault is not null)
        {
            throw new ArgumentException($"The question's vector {fault}.", nameof(vector));
        }

        return new(prepared, form, cache.Get(connection, state, form) ?? throw new StaleReadException(), connection);
    }

    /// <summary>The best chunks and the spread of the scores of all that are permitted; where a graph was searched, an estimate of it.</summary>
    /// <param name="top">How many at most.</param>
    /// <param name="permitted">Rows of <see cref="Matrix"/> that may be found; null for all.</param>
    /// <param name="idOf">Looks up a chunk's id.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public ChunkScores Search(int top, RowSet? permitted, Func<long, string> idOf, CancellationToken cancellationToken)
    {
        int wanted = IsExact ? top : (int)Math.Min(int.MaxValue, (long)top * Snapshot.Options.Rescore);
        wanted = Math.Min(wanted, permitted?.Count ?? Matrix.LiveCount);
        if (wanted == 0)
        {
            return new([], [], 0);
        }

        using VectorHits hits = Snapshot.Search(Vector, wanted, permitted, cancellationToken);
        if (!IsExact)
        {
            ScoreAgain(hits, wanted, cancellationToken);
        }

        long[] keys = ArrayPool<long>.Shared.Rent(hits.Rows.Length);
        try
        {
            for (int i = 0; i < hits.Rows.Length; i++)
            {
                keys[i] = Matrix.Keys[hits.Rows[i]];
            }

            return TopScores.Select(keys.AsSpan(0, hits.Rows.Length), hits.Scores, top, idOf, hits.Deviation);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(keys);
        }
    }

    /// <summary>The similarities of given chunks in single precision; NaN for null.</summary>
    public float[] Score(IReadOnlyList<long?> chunks)
    {
        float[] scores = new float[chunks.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            int row = chunks[i] is { } key ? Matrix.Keys.BinarySearch(key) : -1;
            if (row < 0)
            {
                scores[i] = float.NaN;
            }
            else if (IsExact)
            {
                Snapshot.Operations.Score(Matrix.Rows, Vector, [row], scores.AsSpan(i, 1));
            }
            else
            {
                scores[i] = StoredScore(Matrix.Keys[row]);
            }
        }

        GC.KeepAlive(Matrix);

        return scores;
    }

    // The best by their rounded rows, compared by the stored vectors.
    private void ScoreAgain(VectorHits hits, int count, CancellationToken cancellationToken)
    {
        hits.Scores.Sort(hits.Rows, static (a, b) => b.CompareTo(a));
        hits.Keep(Math.Min(count, hits.Rows.Length));
        for (int i = 0; i < hits.Rows.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hits.Scores[i] = StoredScore(Matrix.Keys[hits.Rows[i]]);
        }
    }

    private float StoredScore(long key)
    {
        float[] stored = ArrayPool<float>.Shared.Rent(Form.Dimensions);
        try
        {
            Span<float> vector = stored.AsSpan(0, Form.Dimensions);
            new VectorStore(Connection).Read(key, Form, vector);
            return Form.Score(vector, Vector);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(stored);
        }
    }
}
