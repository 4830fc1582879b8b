using System.Numerics.Tensors;

namespace Rag.Runtime.Distillation;

/// <summary>
/// Moves the rows of a table so that the normalised means of texts come close to their targets, and their similarities to those
/// of the targets. Rows of tokens that no text has stay as they are. The same seed gives the same table, bit for bit, whatever
/// the thread count: every sum has one order.
/// </summary>
internal sealed class TableTraining(Matrix table, IReadOnlyList<TokenBag> bags, Matrix targets, DistillationOptions options)
{
    private readonly SparseAdam _adam = new(table);
    private readonly TouchedRows _touched = new(table.Rows);
    private readonly int _batches = Math.Max(1, (bags.Count + options.BatchSize - 1) / options.BatchSize);

    /// <summary>Trains; the table changes in place.</summary>
    /// <returns>The mean cosine between vectors and targets in the last pass.</returns>
    public double Run(ParallelOptions parallel, IProgress<DistillationProgress>? progress)
    {
        int capacity = Math.Min(options.BatchSize, bags.Count);
        SimilarityLoss loss = new(capacity, table.Columns, options.Temperature);
        Matrix means = new(capacity, table.Columns);
        Matrix wanted = new(capacity, table.Columns);
        Matrix gradient = new(capacity, table.Columns);
        int[] order = [.. Enumerable.Range(0, bags.Count)];
        Random random = new(options.Seed);
        long steps = (long)_batches * options.Epochs;
        double cosine = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            random.Shuffle(order);
            cosine = 0;
            for (int b = 0; b < _batches; b++)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();

                // Batches of one size, so that none weighs more than another.
                int[] batch = order[(int)((long)b * order.Length / _batches)..(int)((b + 1L) * order.Length / _batches)];
                Parallel.For(0, batch.Length, parallel, i =>
                {
                    bags[batch[i]].Average(table, means.Row(i));
                    targets.Row(batch[i]).CopyTo(wanted.Row(i));
                });
                loss.Compute(means, wanted, batch.Length, gradient, parallel);
                cosine += loss.Cosine * batch.Length;
                _touched.Fill(bags, batch);
                long step = ((long)epoch * _batches) + b;
                _adam.Begin(options.LearningRate * (1 - ((double)step / steps)));
                Move(gradient, parallel);
                progress?.Report(new DistillationProgress(DistillationStage.Training, (step + 1) * bags.Count / _batches, (long)options.Epochs * bags.Count));
            }
        }

        return cosine / Math.Max(1, bags.Count);
    }

    private void Move(Matrix gradient, ParallelOptions parallel) =>
        Parallel.For(
            0,
            _touched.Count,
            parallel,
            () => new float[table.Columns],
            (slot, _, sum) =>
            {
                Array.Clear(sum);
                ReadOnlySpan<int> texts = _touched.Texts(slot);
                ReadOnlySpan<float> shares = _touched.Shares(slot);
                for (int i = 0; i < texts.Length; i++)
                {
                    TensorPrimitives.MultiplyAdd(gradient.Row(texts[i]), shares[i], sum, sum);
                }

                _adam.Update(_touched.Row(slot), sum);
                return sum;
            },
            _ => { });
}
