using Rag.Index.Filters;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>
/// The dot product of a question's sparse vector with every chunk's that shares a place with it. Reads only the postings of the question's
/// places; exact, in double precision, in order of place.
/// </summary>
internal sealed class SparseSearch
{
    private readonly SparseStore _store;
    private readonly IndexState _state;
    private readonly ScopeSet _scope;
    private readonly SparseVector _question;
    private readonly int _dimensions;
    private readonly string _location;

    private SparseSearch(SparseVector question, int dimensions, IndexConnection connection, IndexState state, ScopeSet scope)
    {
        (_question, _dimensions, _location, _state, _scope) = (question, dimensions, connection.Path, state, scope);
        _store = new(connection);
    }

    /// <summary>A search of this question, or null where the index holds no sparse vectors.</summary>
    /// <exception cref="ArgumentException">The vector is none of the index's model.</exception>
    public static SparseSearch? Create(SparseVector question, IndexConnection connection, IndexState state, ScopeSet scope)
    {
        if (Manifests.Read(state.Manifest, connection.Path)?.Sparse is not { } model)
        {
            return null;
        }

        return VectorKinds.Fault(question, model) is { } fault
            ? throw new ArgumentException($"The question's sparse vector {fault}.", nameof(question))
            : new(question, model.Dimensions, connection, state, scope);
    }

    /// <summary>The best chunks and the spread of all, those that share no place counting 0.</summary>
    public ChunkScores Search(int top, Func<long, string> idOf, CancellationToken cancellationToken)
    {
        using SparseWindows windows = new(Parts(cancellationToken));
        windows.Run(cancellationToken);
        return TopScores.Select(windows.Chunks, windows.Scores, top, idOf, windows.Spread.StandardDeviation(_scope.Counts.Chunks));
    }

    /// <summary>The scores of given chunks; NaN for null.</summary>
    public float[] Score(IReadOnlyList<long?> chunks, CancellationToken cancellationToken)
    {
        float[] scores = new float[chunks.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores[i] = chunks[i] is { } key ? _question.Dot(_store.Read(key, _dimensions)) : float.NaN;
        }

        return scores;
    }

    private List<WeightedPostings> Parts(CancellationToken cancellationToken)
    {
        List<WeightedPostings> parts = new(_question.Ids.Length);
        for (int i = 0; i < _question.Ids.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<SparsePosting> postings = [];
            _store.Read(_question.Ids[i], postings);
            if (_scope.Chunks is { } permitted)
            {
                postings.RemoveAll(posting => !permitted.Contains(posting.Chunk));
            }

            parts.Add(new(postings, _question.Weights[i]));
        }

        AddWaiting(parts, cancellationToken);
        return parts;
    }

    // Both vectors have their places in order.
    private void AddWaiting(List<WeightedPostings> parts, CancellationToken cancellationToken)
    {
        foreach ((long chunk, byte[] record) in _store.Records(_state.Merged + 1, long.MaxValue))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_scope.HasChunk(chunk))
            {
                continue;
            }

            SparseVector vector = SparseCodec.Decode(record, chunk, _dimensions, _location);
            for (int i = 0, j = 0; i < parts.Count && j < vector.Ids.Length;)
            {
                if (_question.Ids[i] == vector.Ids[j])
                {
                    parts[i++].Postings.Add(new(chunk, vector.Weights[j++]));
                }
                else if (_question.Ids[i] < vector.Ids[j])
                {
                    i++;
                }
                else
                {
                    j++;
                }
            }
        }
    }
}
