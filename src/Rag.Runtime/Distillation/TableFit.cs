using System.Numerics.Tensors;

namespace Rag.Runtime.Distillation;

/// <summary>From what an encoder makes of tokens and of texts to a table of static vectors.</summary>
internal sealed class TableFit(DistillationOptions options, ParallelOptions parallel, IProgress<DistillationProgress>? progress)
{
    /// <summary>Share of the variance that the dimensions keep.</summary>
    public double KeptVariance { get; private set; }

    /// <summary>Mean cosine to the texts' targets after the closed-form fit.</summary>
    public double? FittedCosine { get; private set; }

    /// <summary>The same after training.</summary>
    public double? TrainedCosine { get; private set; }

    /// <summary>Centres the vectors of all tokens; they change in place.</summary>
    public static void Center(Matrix vectors)
    {
        double[] sum = new double[vectors.Columns];
        double[] wide = new double[vectors.Columns];
        for (int row = 0; row < vectors.Rows; row++)
        {
            TensorPrimitives.ConvertTruncating<float, double>(vectors.Row(row), wide);
            TensorPrimitives.Add(sum, wide, sum);
        }

        float[] mean = [.. sum.Select(value => (float)(value / vectors.Rows))];
        for (int row = 0; row < vectors.Rows; row++)
        {
            TensorPrimitives.Subtract(vectors.Row(row), mean, vectors.Row(row));
        }
    }

    /// <summary>Multiplies each row by its weight, in place.</summary>
    public static void Weigh(Matrix vectors, ReadOnlySpan<float> weights)
    {
        for (int row = 0; row < vectors.Rows; row++)
        {
            TensorPrimitives.Multiply(vectors.Row(row), weights[row], vectors.Row(row));
        }
    }

    /// <summary>
    /// The table without texts: the principal components of the centred vectors, weighted by frequency (M. Tulkens and S. van
    /// Dongen, "Model2Vec", 2024).
    /// </summary>
    /// <param name="centred">The centred vectors.</param>
    /// <param name="weights">One per row.</param>
    public Matrix FromTokens(Matrix centred, ReadOnlySpan<float> weights)
    {
        Matrix table = Project(centred, CrossProduct.Compute(centred, centred, parallel));
        Weigh(table, weights);
        Rescale(table);
        return table;
    }

    /// <summary>
    /// The table fitted to texts. Targets are the texts' vectors along their own leading directions, not centred, since dot
    /// products must survive; a ridge regression maps the means of the weighted token vectors to them, which, being linear,
    /// disappears into the table; training then moves the rows themselves.
    /// </summary>
    /// <param name="weighted">The centred and weighted vectors of the tokens.</param>
    /// <param name="bags">The texts.</param>
    /// <param name="vectors">The encoder's vectors of the texts, of length 1.</param>
    public Matrix FromTexts(Matrix weighted, IReadOnlyList<TokenBag> bags, Matrix vectors)
    {
        progress?.Report(new DistillationProgress(DistillationStage.Fit, 0, 1));
        Matrix targets = Project(vectors, CrossProduct.Compute(vectors, vectors, parallel));
        Parallel.For(0, targets.Rows, parallel, i => Normalize(targets.Row(i)));

        Matrix means = new(bags.Count, weighted.Columns);
        Parallel.For(0, bags.Count, parallel, i =>
        {
            bags[i].Average(weighted, means.Row(i));
            Normalize(means.Row(i));
        });
        double[] moments = CrossProduct.Compute(means, means, parallel);
        double[] map = CrossProduct.Compute(means, targets, parallel);
        RidgeMap.Solve(moments, map, weighted.Columns, options.Ridge * bags.Count / weighted.Columns);
        Matrix table = CrossProduct.Apply(weighted, map, options.Dimensions, parallel);
        Rescale(table);
        FittedCosine = Cosine(table, bags, targets);
        progress?.Report(new DistillationProgress(DistillationStage.Fit, 1, 1));
        if (options.Epochs > 0)
        {
            new TableTraining(table, bags, targets, options).Run(parallel, progress);
            TrainedCosine = Cosine(table, bags, targets);
        }

        return table;
    }

    private Matrix Project(Matrix vectors, double[] moments)
    {
        var components = PrincipalComponents.Find(moments, vectors.Columns, options.Dimensions);
        KeptVariance = components.Kept;
        return CrossProduct.Apply(vectors, components.Map, options.Dimensions, parallel);
    }

    /// <summary>Makes the mean length of the rows 1: no similarity depends on it, but the step size of training does.</summary>
    private static void Rescale(Matrix table)
    {
        double sum = 0;
        for (int row = 0; row < table.Rows; row++)
        {
            sum += TensorPrimitives.Norm<float>(table.Row(row));
        }

        float factor = sum > 0 ? (float)(table.Rows / sum) : 1;
        for (int row = 0; row < table.Rows; row++)
        {
            TensorPrimitives.Multiply(table.Row(row), factor, table.Row(row));
        }
    }

    private double Cosine(Matrix table, IReadOnlyList<TokenBag> bags, Matrix targets)
    {
        double[] cosines = new double[bags.Count];
        Parallel.For(0, bags.Count, parallel, () => new float[table.Columns], (i, _, mean) =>
        {
            bags[i].Average(table, mean);
            Normalize(mean);
            cosines[i] = TensorPrimitives.Dot<float>(mean, targets.Row(i));
            return mean;
        }, _ => { });
        return cosines.Length == 0 ? 0 : TensorPrimitives.Sum<double>(cosines) / cosines.Length;
    }

    internal static void Normalize(Span<float> vector) =>
        TensorPrimitives.Divide(vector, MathF.Max(TensorPrimitives.Norm<float>(vector), 1e-12f), vector);
}
