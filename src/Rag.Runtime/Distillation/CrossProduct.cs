using System.Numerics.Tensors;

namespace Rag.Runtime.Distillation;

/// <summary>Products of matrices whose sums run over many rows, in double precision and in an order that no thread count changes.</summary>
internal static class CrossProduct
{
    private const int Block = 32;

    /// <summary>leftᵀ · right, [left.Columns, right.Columns], row after row.</summary>
    public static double[] Compute(Matrix left, Matrix right, ParallelOptions parallel)
    {
        int width = right.Columns;
        double[] sums = new double[left.Columns * width];

        // Each entry belongs to one block and is summed from the first row to the last.
        Parallel.For(0, (left.Columns + Block - 1) / Block, parallel, block =>
        {
            int first = block * Block;
            int end = Math.Min(first + Block, left.Columns);
            double[] wide = new double[width];
            for (int row = 0; row < left.Rows; row++)
            {
                if (row % 1024 == 0)
                {
                    parallel.CancellationToken.ThrowIfCancellationRequested();
                }

                TensorPrimitives.ConvertTruncating<float, double>(right.Row(row), wide);
                ReadOnlySpan<float> factors = left.Row(row)[first..end];
                for (int i = 0; i < factors.Length; i++)
                {
                    Span<double> sum = sums.AsSpan((first + i) * width, width);
                    TensorPrimitives.MultiplyAdd(wide, factors[i], sum, sum);
                }
            }
        });
        return sums;
    }

    /// <summary>left · map, where map is [left.Columns, width], row after row.</summary>
    public static Matrix Apply(Matrix left, double[] map, int width, ParallelOptions parallel)
    {
        float[] narrow = new float[map.Length];
        TensorPrimitives.ConvertTruncating<double, float>(map, narrow);
        Matrix result = new(left.Rows, width);
        Parallel.For(0, left.Rows, parallel, row =>
        {
            ReadOnlySpan<float> factors = left.Row(row);
            Span<float> sum = result.Row(row);
            for (int i = 0; i < factors.Length; i++)
            {
                TensorPrimitives.MultiplyAdd(narrow.AsSpan(i * width, width), factors[i], sum, sum);
            }
        });
        return result;
    }
}
