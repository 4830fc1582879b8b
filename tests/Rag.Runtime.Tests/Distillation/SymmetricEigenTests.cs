using Rag.Runtime.Distillation;

namespace Rag.Runtime.Tests.Distillation;

public sealed class SymmetricEigenTests
{
    [Fact]
    public void Decompose_MatrixOfTwo_GivesTheKnownPairs()
    {
        (double[] values, double[] vectors) = SymmetricEigen.Decompose([2, 1, 1, 2], 2);

        Assert.Equal(3, values[0], 1e-14);
        Assert.Equal(1, values[1], 1e-14);
        Assert.Equal(.5, vectors[0] * vectors[1], 1e-14);
        Assert.Equal(-.5, vectors[2] * vectors[3], 1e-14);
    }

    [Fact]
    public void Decompose_SecondDifferences_GivesTheKnownSpectrum()
    {
        // The tridiagonal matrix of -1, 2, -1 has the eigenvalues 2 - 2 cos(kπ / (n + 1)).
        const int Size = 40;
        double[] matrix = new double[Size * Size];
        for (int i = 0; i < Size; i++)
        {
            matrix[(i * Size) + i] = 2;
            if (i > 0)
            {
                matrix[(i * Size) + i - 1] = matrix[((i - 1) * Size) + i] = -1;
            }
        }

        (double[] values, _) = SymmetricEigen.Decompose(matrix, Size);

        Assert.All(values, (value, i) => Assert.Equal(2 - (2 * Math.Cos((Size - i) * Math.PI / (Size + 1))), value, 1e-12));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(7, 7)]
    [InlineData(33, 33)]
    [InlineData(96, 96)]
    [InlineData(50, 4)]
    [InlineData(20, 0)]
    public void Decompose_AnySymmetricMatrix_GivesOrthonormalVectorsThatItOnlyStretches(int size, int rank)
    {
        Random random = new(size + rank);
        double[] matrix = new double[size * size];
        for (int r = 0; r < rank; r++)
        {
            double[] v = [.. Enumerable.Range(0, size).Select(_ => random.NextDouble() - .5)];
            double weight = r % 3 == 0 ? -1 : r + 1;
            for (int i = 0; i < size * size; i++)
            {
                matrix[i] += weight * v[i / size] * v[i % size];
            }
        }

        double scale = 1 + matrix.Max(Math.Abs);
        (double[] values, double[] vectors) = SymmetricEigen.Decompose([.. matrix], size);

        Assert.Equal(values.OrderDescending(), values);
        for (int a = 0; a < size; a++)
        {
            for (int i = 0; i < size; i++)
            {
                double stretched = Enumerable.Range(0, size).Sum(j => matrix[(i * size) + j] * vectors[(a * size) + j]);
                Assert.Equal(values[a] * vectors[(a * size) + i], stretched, 1e-12 * scale * size);
            }

            for (int b = 0; b <= a; b++)
            {
                double dot = Enumerable.Range(0, size).Sum(j => vectors[(a * size) + j] * vectors[(b * size) + j]);
                Assert.Equal(a == b ? 1 : 0, dot, 1e-12);
            }
        }
    }
}
