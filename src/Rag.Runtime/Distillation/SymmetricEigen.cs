using System.Numerics.Tensors;

namespace Rag.Runtime.Distillation;

/// <summary>
/// All eigenvalues and eigenvectors of a real symmetric matrix: Householder's reduction to tridiagonal form, then implicit QR
/// steps with Wilkinson's shift (G. H. Golub and C. F. Van Loan, "Matrix Computations", sections 8.3.1 to 8.3.3).
/// </summary>
internal sealed class SymmetricEigen
{
    private const int MaxStepsPerValue = 60;

    private readonly int _size;
    private readonly double[] _diagonal;
    private readonly double[] _beside;

    // Row i is the i-th eigenvector: rotations then run along memory.
    private readonly double[] _vectors;

    private SymmetricEigen(int size)
    {
        _size = size;
        _diagonal = new double[size];
        _beside = new double[size];
        _vectors = new double[size * size];
    }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">[size, size]; what it holds is destroyed.</param>
    /// <param name="size">Rows and columns.</param>
    /// <returns>The eigenvalues, largest first, and the eigenvectors of length 1, one after another in the same order.</returns>
    public static (double[] Values, double[] Vectors) Decompose(double[] matrix, int size)
    {
        SymmetricEigen eigen = new(size);
        eigen.Reduce(matrix);
        eigen.Diagonalise();
        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => eigen._diagonal[i])];
        double[] vectors = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            eigen.Vector(order[i]).CopyTo(vectors.AsSpan(i * size, size));
        }

        return ([.. order.Select(i => eigen._diagonal[i])], vectors);
    }

    private Span<double> Vector(int row) => _vectors.AsSpan(row * _size, _size);

    /// <summary>A = Q T Qᵀ with T tridiagonal; leaves Qᵀ in the vectors.</summary>
    private void Reduce(double[] matrix)
    {
        List<double[]> reflectors = [];
        for (int k = 0; k < _size - 1; k++)
        {
            Span<double> below = matrix.AsSpan((k * _size) + k + 1, _size - k - 1);
            _diagonal[k] = matrix[(k * _size) + k];
            double length = TensorPrimitives.Norm<double>(below);
            double[] v = below.ToArray();
            double target = v[0] > 0 ? -length : length;
            _beside[k] = target;
            v[0] -= target;
            double norm = TensorPrimitives.Norm<double>(v);
            if (norm > 0)
            {
                TensorPrimitives.Divide(v, norm, v);
                Reflect(matrix, k + 1, v);
            }

            reflectors.Add(v);
        }

        if (_size > 0)
        {
            _diagonal[^1] = matrix[^1];
        }

        Accumulate(reflectors);
    }

    /// <summary>The block from (start, start) on becomes H · block · H with H = I - 2vvᵀ.</summary>
    private void Reflect(double[] matrix, int start, double[] v)
    {
        double[] p = new double[v.Length];
        for (int i = 0; i < v.Length; i++)
        {
            p[i] = 2 * TensorPrimitives.Dot<double>(matrix.AsSpan(((start + i) * _size) + start, v.Length), v);
        }

        TensorPrimitives.MultiplyAdd<double>(v, -TensorPrimitives.Dot<double>(v, p), p, p);
        for (int i = 0; i < v.Length; i++)
        {
            Span<double> row = matrix.AsSpan(((start + i) * _size) + start, v.Length);
            TensorPrimitives.MultiplyAdd<double>(p, -v[i], row, row);
            TensorPrimitives.MultiplyAdd<double>(v, -p[i], row, row);
        }
    }

    /// <summary>Qᵀ = H(last) … H(1) H(0), where H(k) acts on what follows k.</summary>
    private void Accumulate(List<double[]> reflectors)
    {
        for (int i = 0; i < _size; i++)
        {
            Vector(i)[i] = 1;
        }

        double[] sum = new double[_size];
        for (int k = 0; k < reflectors.Count; k++)
        {
            double[] v = reflectors[k];
            Array.Clear(sum);
            for (int i = 0; i < v.Length; i++)
            {
                TensorPrimitives.MultiplyAdd<double>(Vector(k + 1 + i), v[i], sum, sum);
            }

            for (int i = 0; i < v.Length; i++)
            {
                Span<double> row = Vector(k + 1 + i);
                TensorPrimitives.MultiplyAdd<double>(sum, -2 * v[i], row, row);
            }
        }
    }

    private void Diagonalise()
    {
        double scale = Math.Max(TensorPrimitives.Norm<double>(_diagonal), TensorPrimitives.Norm<double>(_beside));
        int steps = 0;
        for (int high = _size - 1; high > 0;)
        {
            int low = high;
            while (low > 0 && !IsNothing(low - 1, scale))
            {
                low--;
            }

            if (low == high)
            {
                high--;
                continue;
            }

            if (++steps > MaxStepsPerValue * _size)
            {
                throw new CorruptException("The eigenvalues of the vectors' covariance cannot be found; some of the vectors may not be finite.");
            }

            Step(low, high);
        }
    }

    private bool IsNothing(int at, double scale)
    {
        const double Epsilon = 1.1e-16;
        double near = Math.Abs(_diagonal[at]) + Math.Abs(_diagonal[at + 1]);
        if (Math.Abs(_beside[at]) > Epsilon * Math.Max(near, 1e-3 * scale))
        {
            return false;
        }

        _beside[at] = 0;
        return true;
    }

    /// <summary>One QR step on the block from low to high, in which no neighbour is nothing.</summary>
    private void Step(int low, int high)
    {
        double half = (_diagonal[high - 1] - _diagonal[high]) / 2;
        double last = _beside[high - 1];
        double root = Math.Sqrt((half * half) + (last * last));
        double x = _diagonal[low] - (_diagonal[high] - (last * last / (half + (half < 0 ? -root : root))));
        double z = _beside[low];
        for (int k = low; k < high; k++)
        {
            double radius = Math.Sqrt((x * x) + (z * z));
            (double c, double s) = radius > 0 ? (x / radius, z / radius) : (1, 0);
            if (k > low)
            {
                _beside[k - 1] = radius;
            }

            (double a, double b, double d) = (_diagonal[k], _beside[k], _diagonal[k + 1]);
            double cross = 2 * c * s * b;
            _diagonal[k] = (c * c * a) + cross + (s * s * d);
            _diagonal[k + 1] = (s * s * a) - cross + (c * c * d);
            _beside[k] = (c * s * (d - a)) + (((c * c) - (s * s)) * b);
            if (k < high - 1)
            {
                x = _beside[k];
                z = s * _beside[k + 1];
                _beside[k + 1] *= c;
            }

            Rotate(Vector(k), Vector(k + 1), c, s);
        }
    }

    private static void Rotate(Span<double> first, Span<double> second, double c, double s)
    {
        int at = 0;
        if (System.Numerics.Vector.IsHardwareAccelerated)
        {
            int step = System.Numerics.Vector<double>.Count;
            for (; at <= first.Length - step; at += step)
            {
                System.Numerics.Vector<double> one = new(first[at..]);
                System.Numerics.Vector<double> two = new(second[at..]);
                ((one * c) + (two * s)).CopyTo(first[at..]);
                ((two * c) - (one * s)).CopyTo(second[at..]);
            }
        }

        for (; at < first.Length; at++)
        {
            (first[at], second[at]) = ((c * first[at]) + (s * second[at]), (c * second[at]) - (s * first[at]));
        }
    }
}
