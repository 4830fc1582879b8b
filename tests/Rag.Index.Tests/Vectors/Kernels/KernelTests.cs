using FsCheck;
using FsCheck.Fluent;
using Rag.Index.Vectors;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Tests.Vectors.Kernels;

/// <summary>Every kernel against plain loops over what the rows hold.</summary>
public sealed unsafe class KernelTests
{
    public static TheoryData<VectorMetric, VectorPrecision> Forms()
    {
        TheoryData<VectorMetric, VectorPrecision> data = [];
        foreach (VectorMetric metric in Enum.GetValues<VectorMetric>())
        {
            foreach (VectorPrecision precision in Enum.GetValues<VectorPrecision>())
            {
                data.Add(metric, precision);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_score_equals_the_scalar_one_for_any_length_and_size(VectorMetric metric, VectorPrecision precision)
    {
        Prop.ForAll(
            Gen.Choose(1, 200).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(-12, 12).ToArbitrary(),
            (dimensions, seed, exponent) => Check(new(new(dimensions, metric), precision), new(seed), MathF.Pow(10, exponent)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Theory]
    [InlineData(VectorPrecision.Half)]
    [InlineData(VectorPrecision.Int8)]
    public void Zeros_and_vectors_too_short_for_a_step_have_a_finite_score(VectorPrecision precision)
    {
        RowFormat format = new(new(5, VectorMetric.L2), precision);
        RowStore rows = Rows(format, [0, 0, 0, 0, 0], [1e-44f, 0, 0, 0, 0], [3, 0, 4, 0, 0]);
        VectorOperations operations = VectorOperations.Create(format);
        Assert.Equal(0, operations.Score(rows[0], rows[1]));
        Assert.Equal(-25, operations.Score(rows[0], rows[2]), .1f);
        Assert.Equal(0, operations.Score(rows[2], rows[2]), 1e-3f);
    }

    private static bool Check(RowFormat format, Random random, float size)
    {
        float[][] vectors = [.. Enumerable.Range(0, 9).Select(_ => Enumerable.Range(0, format.Form.Dimensions).Select(_ => size * (float)((2 * random.NextDouble()) - 1)).ToArray())];
        vectors = [.. vectors.Select(vector =>
        {
            float[] prepared = new float[vector.Length];
            Assert.Null(format.Form.Prepare(vector, prepared));
            return prepared;
        })];
        RowStore rows = Rows(format, vectors);
        VectorOperations operations = VectorOperations.Create(format);
        float[] scanned = new float[9], some = new float[9];
        operations.Scan(rows, vectors[0], 0, scanned, 1, TestContext.Current.CancellationToken);
        operations.Score(rows, vectors[0], [8, 7, 6, 5, 4, 3, 2, 1, 0], some);
        for (int i = 0; i < 9; i++)
        {
            (double score, double scale) = Scalar(format, rows.Row(0), rows.Row(i));
            double tolerance = 2e-6 * scale;
            Assert.Equal(score, operations.Score(rows[0], rows[i]), tolerance);
            Assert.Equal(score, scanned[i], tolerance);
            Assert.Equal(score, some[8 - i], tolerance);

            // What rounding takes away: a half has 11 bits, a byte a sign and 7.
            double lost = format.Precision switch { VectorPrecision.Single => 1e-5, VectorPrecision.Half => 3e-3, _ => .06 };
            Assert.Equal(format.Form.Score(vectors[0], vectors[i]), score, lost * scale);
        }

        return true;
    }

    // The score of what two rows hold, and the size of the numbers that it is a difference of.
    private static (double Score, double Scale) Scalar(RowFormat format, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        double product = 0, squareA = 0, squareB = 0;
        for (int i = 0; i < format.Padded; i++)
        {
            (double x, double y) = (Value(format, a, i), Value(format, b, i));
            product += x * y;
            squareA += x * x;
            squareB += y * y;
        }

        double scale = Math.Max(squareA, squareB);
        return (format.Form.Metric == VectorMetric.L2 ? (2 * product) - squareA - squareB : product, scale);
    }

    private static double Value(RowFormat format, ReadOnlySpan<byte> row, int index) => format.Precision switch
    {
        VectorPrecision.Single => BitConverter.ToSingle(row[(index * 4)..]),
        VectorPrecision.Half => (double)BitConverter.ToHalf(row[(index * 2)..]) * BitConverter.ToSingle(row[(format.Padded * 2)..]),
        _ => (sbyte)row[index] * (double)BitConverter.ToSingle(row[format.Padded..]),
    };

    private static RowStore Rows(RowFormat format, params float[][] vectors)
    {
        RowStore rows = new(format);
        rows.Reserve(vectors.Length);
        for (int i = 0; i < vectors.Length; i++)
        {
            format.Write(vectors[i], rows.Row(i));
        }

        return rows;
    }
}
