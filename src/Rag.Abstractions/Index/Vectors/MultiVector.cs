using System.Numerics.Tensors;

namespace Rag.Index;

/// <summary>A text as one vector for each of its tokens, as ColBERT models make them (Khattab and Zaharia, arXiv 2004.12832). Immutable.</summary>
public sealed class MultiVector
{
    private readonly float[] _values;

    /// <summary>Creates it from the vectors one after another.</summary>
    /// <param name="values">[count, dimensions], row major; finite.</param>
    /// <param name="dimensions">Numbers of a vector, at least 1.</param>
    /// <exception cref="ArgumentException">The numbers are no whole number of vectors, or one is not finite.</exception>
    public MultiVector(ReadOnlySpan<float> values, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (values.Length % dimensions != 0)
        {
            throw new ArgumentException($"{values.Length} numbers are no whole number of vectors of {dimensions}.", nameof(values));
        }

        if (!values.IsEmpty && !float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            throw new ArgumentException("A vector holds a value that is not a finite number.", nameof(values));
        }

        (_values, Dimensions) = (values.ToArray(), dimensions);
    }

    /// <summary>Vectors.</summary>
    public int Count => _values.Length / Dimensions;

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>All numbers: [<see cref="Count"/>, <see cref="Dimensions"/>], row major.</summary>
    public ReadOnlySpan<float> Values => _values;

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
        return passage.Dimensions == Dimensions
            ? MaxSim(passage._values)
            : throw new ArgumentException($"The question's vectors have {Dimensions} numbers, the passage's {passage.Dimensions}.", nameof(passage));
    }

    /// <summary>As <see cref="MaxSim(MultiVector)"/>, of a passage whose vectors lie in the caller's memory.</summary>
    /// <param name="passage">[any count, <see cref="Dimensions"/>], row major.</param>
    /// <exception cref="ArgumentException">The numbers are no whole number of vectors.</exception>
    public float MaxSim(ReadOnlySpan<float> passage)
    {
        if (passage.Length % Dimensions != 0)
        {
            throw new ArgumentException($"{passage.Length} numbers are no whole number of vectors of {Dimensions}.", nameof(passage));
        }

        float sum = 0;
        for (int i = 0; i < _values.Length && !passage.IsEmpty; i += Dimensions)
        {
            ReadOnlySpan<float> token = _values.AsSpan(i, Dimensions);
            float best = float.NegativeInfinity;
            for (int j = 0; j < passage.Length; j += Dimensions)
            {
                best = Math.Max(best, TensorPrimitives.Dot(token, passage.Slice(j, Dimensions)));
            }

            sum += best;
        }

        return sum;
    }
}
