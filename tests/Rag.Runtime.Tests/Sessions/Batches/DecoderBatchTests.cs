using System.Numerics.Tensors;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Batches;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions.Batches;

/// <summary>Steps that several sequences share, beside the same steps alone.</summary>
public sealed class DecoderBatchTests : IDisposable
{
    // Products of several rows sum in another order than those of one: logits of about 1 to 10 differ in their last digits.
    private const float Rounding = 2e-5f;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => DecoderFixture.Names();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Sequences_of_different_lengths_in_one_step_get_what_each_gets_alone(string name)
    {
        using DecoderFixture fixture = new(name);
        int[] ids = DecoderFixture.Ids(fixture.Cases.GetProperty("long"));
        int[][] prompts = [ids[..30], ids[10..15], ids[3..20], ids[40..41]];
        IBatchSession[] batched = [.. prompts.Select(prompt => Begin(fixture.Model, prompt))];
        IDecoderSession[] alone = [.. prompts.Select(prompt => Begin(fixture.Model, prompt))];
        using IDecoderBatch? batch = batched[0].BatchKey is null ? null : batched[0].CreateBatch(new CacheBudget(long.MaxValue));
        if (batch is null)
        {
            Assert.NotEqual(0, ((OnnxDecoderSession)batched[0]).Regime);
            return;
        }

        float worst = 0;
        List<int> members = [];
        void Join(int i)
        {
            Assert.True(batch.TryJoin(batched[i], 2));
            members.Add(i);
        }

        void Step(int step)
        {
            foreach (int i in members)
            {
                batch.Place(batched[i], ids[(step * 7) + i]);
            }

            batch.Run();
            foreach (int i in members)
            {
                float[] difference = new float[fixture.Model.VocabularySize];
                TensorPrimitives.Subtract(alone[i].Append([ids[(step * 7) + i]]), batch.Logits(batched[i]), difference);
                worst = Math.Max(worst, Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)));
                Assert.Equal(alone[i].Length, batched[i].Length);
            }
        }

        Join(0);
        Join(1);
        Step(0);
        Join(2);
        Step(1);
        Step(2);

        // The first leaves, so that the last takes its place; later it goes on alone, then joins again.
        batch.Leave(batched[0]);
        members.Remove(0);
        Join(3);
        Step(3);
        Compare(0, 5);
        Step(4);
        Join(0);
        Step(5);

        // Whatever needs a session's own cache brings it back from the batch.
        batched[2].Rewind(alone[2].Length - 2);
        alone[2].Rewind(alone[2].Length - 2);
        members.Remove(2);
        Assert.Equal(3, batch.Count);
        Step(6);
        Compare(2, 9);
        using (IDecoderSession fork = batched[1].Fork())
        using (IDecoderSession expected = alone[1].Fork())
        {
            members.Remove(1);
            Near(expected.Append([ids[2]]), fork.Append([ids[2]]));
        }

        Step(7);
        Compare(1, 4);
        batched[3].Dispose();
        members.Remove(3);
        Step(8);
        batch.Dispose();
        Compare(0, 6);
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: logits of shared steps differ by at most {worst:e1}");
        Assert.InRange(worst, 0, Rounding);
        foreach (IDecoderSession session in alone.Concat(batched))
        {
            session.Dispose();
        }

        void Compare(int i, int token) => Near(alone[i].Append([ids[token]]), batched[i].Append([ids[token]]));
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        float[] difference = new float[expected.Length];
        TensorPrimitives.Subtract(expected, actual, difference);
        Assert.InRange(Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)), 0, Rounding);
    }

    private static IBatchSession Begin(OnnxDecoderModel model, int[] prompt)
    {
        IBatchSession session = (IBatchSession)model.CreateSession();
        session.Append(prompt);
        return session;
    }
}
