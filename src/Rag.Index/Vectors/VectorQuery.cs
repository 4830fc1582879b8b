using System.Numerics.Tensors;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>A question's vector, of length 1, over the vectors of one commit.</summary>
internal sealed record VectorQuery(float[] Unit, VectorMatrix Matrix)
{
    /// <summary>Checks the vector; null where the index holds none to compare it with.</summary>
    /// <exception cref="ArgumentException">The vector cannot be compared; says why.</exception>
    public static VectorQuery? Create(ReadOnlySpan<float> vector, IndexState state, VectorCache cache, IndexConnection connection)
    {
        if (Manifests.Read(state.Manifest, connection.Path)?.Embedding is not { } embedding)
        {
            return null;
        }

        float[] unit = new float[embedding.Dimensions];
        string? fault = UnitVector.Normalize(vector, embedding.Dimensions, unit);
        if (fault is not null)
        {
            throw new ArgumentException($"The question's vector {fault}.", nameof(vector));
        }

        return new(unit, cache.Get(connection, state, embedding.Dimensions) ?? throw new StaleReadException());
    }

    /// <summary>The similarities of given chunks; NaN for null.</summary>
    public float[] Score(IReadOnlyList<long?> chunks)
    {
        float[] scores = new float[chunks.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            int row = chunks[i] is { } key ? Matrix.Keys.BinarySearch(key) : -1;
            scores[i] = row < 0 ? float.NaN : TensorPrimitives.Dot(Matrix.Row(row), Unit);
        }

        return scores;
    }
}
