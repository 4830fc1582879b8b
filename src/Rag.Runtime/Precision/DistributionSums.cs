using System.Numerics.Tensors;

namespace Rag.Runtime.Precision;

/// <summary>Adds up, token by token, how two predictions of the next one differ. Not thread-safe.</summary>
internal sealed class DistributionSums
{
    private double _divergence;
    private double _exact;
    private double _other;
    private int _agreed;
    private int _rows;
    private int _predicted;

    /// <param name="expected">Logits of the model to compare with.</param>
    /// <param name="actual">Those of the other.</param>
    /// <param name="next">The token that came; negative for none.</param>
    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int next)
    {
        (double expectedTotal, double actualTotal) = (LogSum(expected), LogSum(actual));
        double divergence = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double log = expected[i] - expectedTotal;
            divergence += Math.Exp(log) * (log - (actual[i] - actualTotal));
        }

        // Rounding may leave a little below nothing.
        _divergence += Math.Max(0, divergence);
        _agreed += TensorPrimitives.IndexOfMax(expected) == TensorPrimitives.IndexOfMax(actual) ? 1 : 0;
        _rows++;
        if (next >= 0)
        {
            _exact += expectedTotal - expected[next];
            _other += actualTotal - actual[next];
            _predicted++;
        }
    }

    /// <summary>What was found; there must be one token at least.</summary>
    public PrecisionLoss ToLoss() => new(
        _divergence / _rows, (double)_agreed / _rows, Math.Exp(_other / Math.Max(1, _predicted)), Math.Exp(_exact / Math.Max(1, _predicted)), _rows);

    private static double LogSum(ReadOnlySpan<float> logits)
    {
        double most = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - most);
        }

        return most + Math.Log(sum);
    }
}
