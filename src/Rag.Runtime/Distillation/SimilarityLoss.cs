using System.Numerics.Tensors;

namespace Rag.Runtime.Distillation;

/// <summary>
/// How far the vectors of a batch are from their targets, and the gradient of it. With v = m / |m| of each mean m and its
/// target y of length 1, over B texts:
/// <c>L = mean(1 - v·y) + mean KL(softmax(y·y' / t) || softmax(v·v' / t))</c>, where each text's softmax runs over the others.
/// The second term is the relational distillation of N. Passalis and A. Tefas, "Learning Deep Representations with
/// Probabilistic Knowledge Transfer", 2018.
/// </summary>
internal sealed class SimilarityLoss(int capacity, int dimensions, float temperature)
{
    // Stands for minus infinity, but a difference of two of them is a number.
    private const float Never = -1e9f;
    private const float Tiny = 1e-12f;

    private readonly Matrix _vectors = new(capacity, dimensions);
    private readonly float[] _norms = new float[capacity];
    private readonly Matrix _pull = new(capacity, capacity);
    private readonly Matrix _expected = new(capacity, capacity);
    private readonly double[] _losses = new double[capacity];
    private readonly double[] _cosines = new double[capacity];

    /// <summary>The mean cosine between vectors and targets of the last batch.</summary>
    public double Cosine { get; private set; }

    /// <summary>Computes loss and gradient; the same numbers whatever the thread count.</summary>
    /// <param name="means">Rows below <paramref name="count"/> are the means.</param>
    /// <param name="targets">Their targets, of length 1.</param>
    /// <param name="count">Texts of this batch, at most the capacity.</param>
    /// <param name="gradient">Receives dL/dm of each text.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public double Compute(Matrix means, Matrix targets, int count, Matrix gradient, ParallelOptions parallel)
    {
        Parallel.For(0, count, parallel, i =>
        {
            _norms[i] = MathF.Max(TensorPrimitives.Norm<float>(means.Row(i)), Tiny);
            TensorPrimitives.Divide(means.Row(i), _norms[i], _vectors.Row(i));
        });
        Parallel.For(0, count, parallel, i => Compare(targets, i, count));
        Parallel.For(0, count, parallel, i => Differentiate(targets, i, count, gradient.Row(i)));
        Cosine = TensorPrimitives.Sum<double>(_cosines.AsSpan(0, count)) / count;
        return TensorPrimitives.Sum<double>(_losses.AsSpan(0, count)) / count;
    }

    /// <summary>The loss of text i, and dL/ds of its similarities s = v·v'.</summary>
    private void Compare(Matrix targets, int i, int count)
    {
        Span<float> expected = _expected.Row(i)[..count];
        Span<float> found = _pull.Row(i)[..count];
        for (int j = 0; j < count; j++)
        {
            expected[j] = j == i ? Never : TensorPrimitives.Dot<float>(targets.Row(i), targets.Row(j)) / temperature;
            found[j] = j == i ? Never : TensorPrimitives.Dot<float>(_vectors.Row(i), _vectors.Row(j)) / temperature;
        }

        _cosines[i] = TensorPrimitives.Dot<float>(_vectors.Row(i), targets.Row(i));
        _losses[i] = 1 - _cosines[i];
        if (count < 2)
        {
            found.Clear();
            return;
        }

        LogSoftmax(expected);
        LogSoftmax(found);
        double divergence = 0;
        for (int j = 0; j < count; j++)
        {
            float p = MathF.Exp(expected[j]);
            divergence += p * (expected[j] - found[j]);
            found[j] = (MathF.Exp(found[j]) - p) / (temperature * count);
        }

        _losses[i] += divergence;
    }

    private static void LogSoftmax(Span<float> values)
    {
        float most = TensorPrimitives.Max<float>(values);
        float sum = 0;
        foreach (float value in values)
        {
            sum += MathF.Exp(value - most);
        }

        TensorPrimitives.Subtract(values, most + MathF.Log(sum), values);
    }

    /// <summary>dL/dv through both softmaxes that a pair takes part in, then dL/dm through the division by the length.</summary>
    private void Differentiate(Matrix targets, int i, int count, Span<float> gradient)
    {
        TensorPrimitives.Multiply(targets.Row(i), -1f / count, gradient);
        ReadOnlySpan<float> row = _pull.Row(i);
        for (int j = 0; j < count; j++)
        {
            TensorPrimitives.MultiplyAdd(_vectors.Row(j), row[j] + _pull.Row(j)[i], gradient, gradient);
        }

        ReadOnlySpan<float> vector = _vectors.Row(i);
        TensorPrimitives.MultiplyAdd(vector, -TensorPrimitives.Dot(vector, gradient), gradient, gradient);
        TensorPrimitives.Divide(gradient, _norms[i], gradient);
    }
}
