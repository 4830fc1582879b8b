using Rag.Runtime.Distillation;

namespace Rag.Runtime.Tests.Distillation;

public sealed class RidgeMapTests
{
    [Fact]
    public void Solve_OneInput_IsTheQuotient()
    {
        double[] map = [12, -6];
        RidgeMap.Solve([5], map, 1, ridge: 1);
        Assert.Equal(2, map[0], 1e-14);
        Assert.Equal(-1, map[1], 1e-14);
    }

    [Fact]
    public void Solve_TwoInputs_IsTheInverseTimesTheProducts()
    {
        // ([3 1; 1 2] + I)⁻¹ = [3 -1; -1 4] / 11.
        double[] map = [11, 22, 0, -11];
        RidgeMap.Solve([3, 1, 1, 2], map, 2, ridge: 1);
        Assert.All([3d, 7, -1, -6], (expected, i) => Assert.Equal(expected, map[i], 1e-12));
    }

    [Fact]
    public void Solve_ManyInputs_LeavesNoGradient()
    {
        const int Rows = 30, Inputs = 12, Outputs = 5;
        Random random = new(3);
        Matrix left = Random(random, Rows, Inputs);
        Matrix right = Random(random, Rows, Outputs);
        double[] map = CrossProduct.Compute(left, right, new ParallelOptions());
        RidgeMap.Solve(CrossProduct.Compute(left, left, new ParallelOptions()), map, Inputs, ridge: .5);

        // Sᵀ(SW - Y) + ridge·W = 0.
        for (int i = 0; i < Inputs; i++)
        {
            for (int o = 0; o < Outputs; o++)
            {
                double gradient = .5 * map[(i * Outputs) + o];
                for (int r = 0; r < Rows; r++)
                {
                    double found = Enumerable.Range(0, Inputs).Sum(j => left.Row(r)[j] * map[(j * Outputs) + o]);
                    gradient += left.Row(r)[i] * (found - right.Row(r)[o]);
                }

                Assert.Equal(0, gradient, 1e-10);
            }
        }
    }

    private static Matrix Random(Random random, int rows, int columns)
    {
        Matrix matrix = new(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref float value in matrix.Row(row))
            {
                value = random.NextSingle() - .5f;
            }
        }

        return matrix;
    }
}
