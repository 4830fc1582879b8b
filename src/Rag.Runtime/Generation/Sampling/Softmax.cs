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

    /// <summary>The natural logarithm of the sum of all exponentials.</summary>
    /// <param name="scores">At least one of them above negative infinity.</param>
    /// <param name="weights">Room for as many values as scores.</param>
    public static double LogSumExp(ReadOnlySpan<float> scores, Span<float> weights)
    {
        double total = Exponentials(scores, weights);
        return Max(scores) + Math.Log(total);
    }

    /// <summary>The natural logarithm of the sum of all exponentials, and the entropy in nats.</summary>
    /// <param name="scores">At least one of them above negative infinity.</param>
    /// <param name="weights">Room for as many values as scores.</param>
    public static (double LogTotal, double Entropy) Entropy(ReadOnlySpan<float> scores, Span<float> weights)
    {
        double total = Exponentials(scores, weights);
        float max = Max(scores);
        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (weights[i] > 0)
            {
                sum += weights[i] * ((double)scores[i] - max);
            }
        }

        double logSum = Math.Log(total);
        return (max + logSum, logSum - (sum / total));
    }
}
