using Rag.Runtime.Distillation;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Distillation;

public sealed class TableTrainingTests
{
    private const int Rows = 90, Dimensions = 19, Texts = 130;

    [Fact]
    public void FromTexts_SameSeed_GivesTheSameTableWhateverTheThreads()
    {
        float[] one = Train(threads: 1, seed: 4);

        Assert.Equal(one, Train(threads: 5, seed: 4));
        Assert.NotEqual(one, Train(threads: 1, seed: 5));
    }

    [Fact]
    public void Run_BringsTheTextsCloserAndLeavesTokensOfNoTextAlone()
    {
        (Matrix table, List<TokenBag> bags, Matrix targets) = Problem();
        float[] unseen = table.Row(Rows - 1).ToArray();
        DistillationOptions options = new() { Epochs = 1, BatchSize = 32, LearningRate = .02f, Temperature = 1 };
        double first = new TableTraining(table, bags, targets, options).Run(new ParallelOptions(), null);
        options.Epochs = 15;
        double last = new TableTraining(table, bags, targets, options).Run(new ParallelOptions(), null);

        Assert.True(last > first + .2, $"{first} and {last}");
        Assert.Equal(unseen, table.Row(Rows - 1).ToArray());
        Assert.All(Enumerable.Range(0, Rows), row => Assert.True(float.IsFinite(table.Row(row)[0])));
    }

    [Fact]
    public void Run_Cancelled_Ends()
    {
        (Matrix table, List<TokenBag> bags, Matrix targets) = Problem();
        ParallelOptions parallel = new() { CancellationToken = new CancellationToken(canceled: true) };
        Assert.ThrowsAny<OperationCanceledException>(() => new TableTraining(table, bags, targets, new DistillationOptions()).Run(parallel, null));
    }

    private static float[] Train(int threads, int seed)
    {
        (Matrix table, List<TokenBag> bags, Matrix targets) = Problem();
        DistillationOptions options = new() { Dimensions = 8, Epochs = 3, BatchSize = 32, Seed = seed, Runtime = new RuntimeOptions { Threads = threads } };
        TableFit fit = new(options, new ParallelOptions { MaxDegreeOfParallelism = threads }, null);
        Matrix made = fit.FromTexts(table, bags, targets);
        return [.. Enumerable.Range(0, Rows).SelectMany(row => made.Row(row).ToArray())];
    }

    private static (Matrix Table, List<TokenBag> Bags, Matrix Targets) Problem()
    {
        Random random = new(11);
        Matrix table = Fill(Rows);
        Matrix targets = Fill(Texts);
        List<TokenBag> bags = [];
        for (int i = 0; i < Texts; i++)
        {
            TableFit.Normalize(targets.Row(i));
            int[] rows = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(Rows - 1)).Distinct().Order()];
            bags.Add(new TokenBag(rows, [.. rows.Select(_ => 1f / rows.Length)]));
        }

        return (table, bags, targets);

        Matrix Fill(int rows)
        {
            Matrix matrix = new(rows, Dimensions);
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
}
