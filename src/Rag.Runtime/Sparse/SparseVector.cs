namespace Rag.Runtime.Sparse;

/// <summary>A vector that is zero but for a few places. Immutable.</summary>
public sealed class SparseVector
{
    private readonly int[] _ids;
    private readonly float[] _weights;

    /// <summary>Creates a vector.</summary>
    /// <param name="ids">The places that are not zero, each once, in rising order.</param>
    /// <param name="weights">Their numbers.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the places do not rise.</exception>
    public SparseVector(ReadOnlySpan<int> ids, ReadOnlySpan<float> weights)
    {
        if (ids.Length != weights.Length)
        {
            throw new ArgumentException($"{ids.Length} places have {weights.Length} weights.", nameof(weights));
        }

        for (int i = 1; i < ids.Length; i++)
        {
            if (ids[i] <= ids[i - 1])
            {
                throw new ArgumentException($"Place {ids[i]} follows {ids[i - 1]}; places must rise.", nameof(ids));
            }
        }

        (_ids, _weights) = (ids.ToArray(), weights.ToArray());
    }

    /// <summary>The places that are not zero, in rising order: token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>What stands there, in the order of <see cref="Ids"/>.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>The sum of the products of what stands in the same places: how well question and passage match.</summary>
    public float Dot(SparseVector other)
    {
        ArgumentNullException.ThrowIfNull(other);
        double sum = 0;
        for (int i = 0, j = 0; i < _ids.Length && j < other._ids.Length;)
        {
            if (_ids[i] == other._ids[j])
            {
                sum += (double)_weights[i++] * other._weights[j++];
            }
            else if (_ids[i] < other._ids[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return (float)sum;
    }
}
