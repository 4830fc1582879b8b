using System.Numerics.Tensors;

namespace Rag.Runtime.LateInteraction;

/// <summary>A text as one vector for each of its tokens. Immutable.</summary>
public sealed class MultiVector
{
    private readonly float[] _values;

    /// <summary>Creates it from the vectors one after another.</summary>
    /// <param name="values">[count, dimensions], row major.</param>
    /// <param name="dimensions">Numbers of a vector, at least 1.</param>
    /// <exception cref="ArgumentException">The numbers are no whole number of vectors.</exception>
    public MultiVector(ReadOnlySpan<float> values, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        _values = values.Length % dimensions == 0 ? values.ToArray() : throw new ArgumentException($"{values.Length} numbers are no whole number of vectors of {dimensions}.", nameof(values));
        Dimensions = dimensions;
    }

    /// <summary>Vectors.</summary>
    public int Count => _values.Length / Dimensions;

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>One of the vectors.</summary>
    public ReadOnlySpan<float> this[int index] => _values.AsSpan(index * Dimensions, Dimensions);

    /// <summary>
    /// How well a passage answers this question: for each vector of the question its greatest dot product with one of the
    /// passage, summed (MaxSim; Khattab and Zaharia, arXiv 2004.12832, section 3.3). 0 where either has no vectors.
    /// </summary>
    /// <exception cref="ArgumentException">The vectors are of different lengths.</exception>
    public float MaxSim(MultiVector passage)
    {
        ArgumentNullException.ThrowIfNull(passage);
        if (passage.Dimensions != Dimensions)
        {
            throw new ArgumentException($"The question's vectors have {Dimensions} numbers, the passage's {passage.Dimensions}.", nameof(passage));
        }

        float sum = 0;
        for (int i = 0; i < Count && passage.Count > 0; i++)
        {
            float best = float.NegativeInfinity;
            for (int j = 0; j < passage.Count; j++)
            {
                best = Math.Max(best, TensorPrimitives.Dot(this[i], passage[j]));
            }

            sum += best;
        }

        return sum;
    }
}
