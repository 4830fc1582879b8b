using System.Numerics.Tensors;

namespace Rag.Runtime.Classification;

/// <summary>Logits to probabilities.</summary>
internal static class Probabilities
{
    /// <summary>Each label's own where several may hold or there is but one (the logistic function), else those of one of them (softmax).</summary>
    public static float[] Of(ReadOnlySpan<float> logits, bool independent)
    {
        float[] values = new float[logits.Length];
        if (independent || logits.Length == 1)
        {
            TensorPrimitives.Sigmoid(logits, values);
        }
        else
        {
            // The greatest first, so that no power overflows.
            TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), values);
            TensorPrimitives.SoftMax<float>(values, values);
        }

        return values;
    }
}
