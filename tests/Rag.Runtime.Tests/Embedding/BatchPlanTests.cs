using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Embedding;

namespace Rag.Runtime.Tests.Embedding;

public sealed class BatchPlanTests
{
    [Fact]
    public void Every_text_is_in_one_batch_within_the_budget() => Prop.ForAll<byte[], byte, bool>(Holds).QuickCheckThrowOnFailure();

    private static bool Holds(byte[] lengths, byte budget, bool padded)
    {
        int[] tokens = [.. lengths.Select(length => length + 1)];
        int[][] batches = [.. BatchPlan.Create(tokens, budget, padded)];
        return batches.SelectMany(batch => batch).Order().SequenceEqual(Enumerable.Range(0, tokens.Length))
            && batches.All(batch => batch.Length == 1 || batch.Length * tokens[batch[0]] <= budget)
            && batches.All(batch => tokens[batch[0]] == batch.Max(i => tokens[i]))
            && (padded || batches.All(batch => batch.Select(i => tokens[i]).Distinct().Count() == 1));
    }

    [Fact]
    public void Texts_of_one_length_share_a_batch() =>
        Assert.Equal([2, 2, 1], BatchPlan.Create([3, 5, 5, 3, 4], budget: 100, padded: false).Select(batch => batch.Length).OrderDescending());
}
