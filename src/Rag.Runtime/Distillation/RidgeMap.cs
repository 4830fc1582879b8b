using System.Numerics.Tensors;

namespace Rag.Runtime.Distillation;

/// <summary>
/// The linear map W that makes |SW - Y|² + ridge |W|² least: W = (SᵀS + ridge·I)⁻¹ SᵀY (A. E. Hoerl and R. W. Kennard, "Ridge
/// Regression", 1970), solved by Cholesky's factors.
/// </summary>
internal static class RidgeMap
{
    /// <summary>Solves for the map.</summary>
    /// <param name="moments">SᵀS, [inputs, inputs]; becomes the lower factor.</param>
    /// <param name="products">SᵀY, [inputs, outputs]; becomes the map.</param>
    /// <param name="inputs">Columns of S.</param>
    /// <param name="ridge">Above 0, so that the matrix has full rank.</param>
    public static void Solve(double[] moments, double[] products, int inputs, double ridge)
    {
        int outputs = products.Length / inputs;
        for (int i = 0; i < inputs; i++)
        {
            moments[(i * inputs) + i] += ridge;
        }

        Factor(moments, inputs);
        for (int i = 0; i < inputs; i++)
        {
            Span<double> row = products.AsSpan(i * outputs, outputs);
            for (int j = 0; j < i; j++)
            {
                TensorPrimitives.MultiplyAdd<double>(products.AsSpan(j * outputs, outputs), -moments[(i * inputs) + j], row, row);
            }

            TensorPrimitives.Divide(row, moments[(i * inputs) + i], row);
        }

        for (int i = inputs - 1; i >= 0; i--)
        {
            Span<double> row = products.AsSpan(i * outputs, outputs);
            for (int j = i + 1; j < inputs; j++)
            {
                TensorPrimitives.MultiplyAdd<double>(products.AsSpan(j * outputs, outputs), -moments[(j * inputs) + i], row, row);
            }

            TensorPrimitives.Divide(row, moments[(i * inputs) + i], row);
        }
    }

    private static void Factor(double[] matrix, int size)
    {
        for (int i = 0; i < size; i++)
        {
            Span<double> row = matrix.AsSpan(i * size, size);
            for (int j = 0; j <= i; j++)
            {
                double rest = row[j] - TensorPrimitives.Dot<double>(row[..j], matrix.AsSpan(j * size, j));
                row[j] = j < i
                    ? rest / matrix[(j * size) + j]
                    : rest > 0
                        ? Math.Sqrt(rest)
                        : throw new CorruptException("The closed-form fit has no solution; some of the encoder's vectors may not be finite.");
            }
        }
    }
}
