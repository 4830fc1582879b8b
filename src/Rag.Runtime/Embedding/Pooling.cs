using System.Numerics.Tensors;
using Rag.Models.Configuration;

namespace Rag.Runtime.Embedding;

/// <summary>
/// The hidden states of one text to one vector, as sentence-transformers does it (models/Pooling.py, models/Normalize.py).
/// </summary>
internal sealed class Pooling(IReadOnlyList<PoolingKind> kinds, int hiddenSize, bool normalize)
{
    /// <summary>Length of a vector.</summary>
    public int Dimensions => kinds.Count * hiddenSize;

    /// <summary>The name of the pooling, such as "mean" or "cls+max".</summary>
    public string Name => Kinds + (normalize ? string.Empty : " (not normalised)");

    /// <summary>The names of its kinds, such as "mean" or "cls+max".</summary>
    public string Kinds => string.Join('+', kinds.Select(Describe));

    /// <summary>Pools the states of one text.</summary>
    /// <param name="states">[tokens, hiddenSize], without padding, at least one token.</param>
    /// <param name="vector">Receives <see cref="Dimensions"/> values.</param>
    /// <exception cref="CorruptException">The states hold NaN or infinity.</exception>
    public void Apply(ReadOnlySpan<float> states, Span<float> vector)
    {
        for (int i = 0; i < kinds.Count; i++)
        {
            Apply(kinds[i], states, vector.Slice(i * hiddenSize, hiddenSize));
        }

        float norm = TensorPrimitives.Norm<float>(vector);
        if (!float.IsFinite(norm))
        {
            throw new CorruptException("The encoder gave numbers that are not finite; its weights are damaged or do not fit its configuration.");
        }

        if (normalize)
        {
            TensorPrimitives.Divide(vector, MathF.Max(norm, 1e-12f), vector);
        }
    }

    private void Apply(PoolingKind kind, ReadOnlySpan<float> states, Span<float> vector)
    {
        int tokens = states.Length / hiddenSize;
        switch (kind)
        {
            case PoolingKind.Cls:
                states[..hiddenSize].CopyTo(vector);
                return;
            case PoolingKind.LastToken:
                states[^hiddenSize..].CopyTo(vector);
                return;
            case PoolingKind.Max:
                states[..hiddenSize].CopyTo(vector);
                for (int t = 1; t < tokens; t++)
                {
                    TensorPrimitives.Max(vector, states.Slice(t * hiddenSize, hiddenSize), vector);
                }

                return;
        }

        // The sums; the weighted mean counts token t (from 0) t + 1 times.
        vector.Clear();
        bool weighted = kind == PoolingKind.WeightedMean;
        for (int t = 0; t < tokens; t++)
        {
            TensorPrimitives.MultiplyAdd(states.Slice(t * hiddenSize, hiddenSize), weighted ? t + 1f : 1f, vector, vector);
        }

        float divisor = kind switch
        {
            PoolingKind.Mean => tokens,
            PoolingKind.MeanSqrtLength => MathF.Sqrt(tokens),
            PoolingKind.WeightedMean => tokens * (tokens + 1f) / 2,
            _ => throw new UnsupportedException($"The pooling {kind} is not supported."),
        };
        TensorPrimitives.Divide(vector, divisor, vector);
    }

    private static string Describe(PoolingKind kind) => kind switch
    {
        PoolingKind.Mean => "mean",
        PoolingKind.Cls => "cls",
        PoolingKind.Max => "max",
        PoolingKind.MeanSqrtLength => "mean_sqrt_len_tokens",
        PoolingKind.WeightedMean => "weightedmean",
        PoolingKind.LastToken => "lasttoken",
        _ => kind.ToString(),
    };
}
