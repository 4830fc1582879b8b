using Rag.Runtime.Distillation;

namespace Rag.Runtime.Tests.Distillation;

public sealed class SimilarityLossTests
{
    private const int Dimensions = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Compute_Gradient_EqualsFiniteDifferences(int count)
    {
        (Matrix means, Matrix targets) = Batch(count);
        Matrix gradient = new(count, Dimensions);
        SimilarityLoss loss = new(count, Dimensions, .5f);
        loss.Compute(means, targets, count, gradient, new ParallelOptions());
        for (int i = 0; i < count; i++)
        {
            for (int d = 0; d < Dimensions; d++)
            {
                double slope = (Reference(means, targets, count, (i, d, 1e-4)) - Reference(means, targets, count, (i, d, -1e-4))) / 2e-4;
                Assert.Equal(slope, gradient.Row(i)[d], 2e-5);
            }
        }
    }

    [Fact]
    public void Compute_Loss_IsThatOfItsFormula()
    {
        (Matrix means, Matrix targets) = Batch(9);
        SimilarityLoss loss = new(12, Dimensions, .5f);
        double actual = loss.Compute(means, targets, 9, new Matrix(9, Dimensions), new ParallelOptions());
        Assert.Equal(Reference(means, targets, 9, (0, 0, 0)), actual, 1e-5);
    }

    [Fact]
    public void Compute_MeansThatPointAtTheirTargets_IsNothing()
    {
        (_, Matrix targets) = Batch(9);
        Matrix gradient = new(9, Dimensions);
        SimilarityLoss loss = new(9, Dimensions, .1f);
        Assert.Equal(0, loss.Compute(targets, targets, 9, gradient, new ParallelOptions()), 1e-5);
        Assert.Equal(1, loss.Cosine, 1e-6);
        Assert.All(Enumerable.Range(0, 9), i => Assert.All(gradient.Row(i).ToArray(), value => Assert.Equal(0, value, 1e-5)));
    }

    /// <summary>The formula in double precision, with one mean moved along one axis.</summary>
    private static double Reference(Matrix means, Matrix targets, int count, (int Row, int Column, double By) move)
    {
        double[][] v = [.. Enumerable.Range(0, count).Select(i =>
        {
            double[] m = [.. means.Row(i).ToArray().Select((value, d) => value + ((i, d) == (move.Row, move.Column) ? move.By : 0))];
            double norm = Math.Sqrt(m.Sum(value => value * value));
            return m.Select(value => value / norm).ToArray();
        })];
        double[][] y = [.. Enumerable.Range(0, count).Select(i => targets.Row(i).ToArray().Select(value => (double)value).ToArray())];
        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            loss += 1 - Dot(v[i], y[i]);
            int[] others = [.. Enumerable.Range(0, count).Where(j => j != i)];
            double expected = others.Sum(j => Math.Exp(Dot(y[i], y[j]) / .5));
            double found = others.Sum(j => Math.Exp(Dot(v[i], v[j]) / .5));
            foreach (int j in others)
            {
                double p = Math.Exp(Dot(y[i], y[j]) / .5) / expected;
                loss += p * Math.Log(p / (Math.Exp(Dot(v[i], v[j]) / .5) / found));
            }
        }

        return loss / count;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static (Matrix Means, Matrix Targets) Batch(int count)
    {
        Random random = new(count);
        Matrix means = new(count, Dimensions);
        Matrix targets = new(count, Dimensions);
        for (int i = 0; i < count; i++)
        {
            for (int d = 0; d < Dimensions; d++)
            {
                means.Row(i)[d] = random.NextSingle() - .4f;
                targets.Row(i)[d] = random.NextSingle() - .4f;
            }

            TableFit.Normalize(targets.Row(i));
        }

        return (means, targets);
    }
}
