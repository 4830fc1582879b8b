using System.Numerics.Tensors;

namespace Rag.Runtime.Generation.Sampling;

/// <summary>The exponentials that sampling rules share. Negative infinity has weight 0.</summary>
internal static class Softmax
{
    /// <summary>The highest score, ignoring none: NaN in, NaN out.</summary>
    public static float Max(ReadOnlySpan<float> scores) => TensorPrimitives.Max(scores);

    /// <summary>Writes exp(score - max) for every score and returns the sum, added up in double precision.</summary>
    public static double Exponentials(ReadOnlySpan<float> scores, Span<float> weights)
    {
        weights = weights[..scores.Length];
        TensorPrimitives.Subtract(scores, Max(scores), weights);
        TensorPrimitives.Exp(weights, weights);
        double total = 0;
        foreach (float weight in weights)
        {
            total += weight;
        }

        return total;
    }
}
