namespace Rag.Index;

/// <summary>A vector that is zero but for a few places, as SPLADE models make them (Formal et al., arXiv 2109.10086). Immutable.</summary>
public sealed class SparseVector
{
    private readonly int[] _ids;
    private readonly float[] _weights;

    /// <summary>Creates a vector.</summary>
    /// <param name="ids">The places that are not zero, each once, in rising order, from 0.</param>
    /// <param name="weights">Their numbers, finite and above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, the places do not rise, or a number cannot be a weight.</exception>
    public SparseVector(ReadOnlySpan<int> ids, ReadOnlySpan<float> weights)
    {
        if (ids.Length != weights.Length)
        {
            throw new ArgumentException($"{ids.Length} places have {weights.Length} weights.", nameof(weights));
        }

        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] <= (i == 0 ? -1 : ids[i - 1]))
            {
                throw new ArgumentException($"Place {ids[i]} follows {(i == 0 ? "nothing" : ids[i - 1])}; places must rise from 0.", nameof(ids));
            }

            if (!(weights[i] > 0 && float.IsFinite(weights[i])))
            {
                throw new ArgumentException($"Place {ids[i]} has the weight {weights[i]}; weights are finite numbers above 0.", nameof(weights));
            }
        }

        (_ids, _weights) = (ids.ToArray(), weights.ToArray());
    }

    /// <summary>The places that are not zero, in rising order: token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>What stands there, in the order of <see cref="Ids"/>.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>
    /// The sum of the products of what stands in the same places: how well question and passage match. Added in double precision in
    /// order of place, so that it is the same to the last bit wherever it is computed.
    /// </summary>
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
