using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Packing;
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
        Step(9);
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
        Assert.InRange(worst, 0, Rounding);
        foreach (IDecoderSession session in alone.Concat(batched))
        {
            session.Dispose();
        }

        void Compare(int i, int token) => Near(alone[i].Append([ids[token]]), batched[i].Append([ids[token]]));
    }

    [Fact]
    public void Rows_and_capacities_grow_and_sequences_stay_what_they_are()
    {
        using OnnxDecoderModel model = Tiny(maxPositions: 1000);
        IBatchSession[] batched = [.. Enumerable.Range(0, 7).Select(i => Begin(model, Tokens(i, 200 + (11 * i))))];
        IDecoderSession[] alone = [.. Enumerable.Range(0, 7).Select(i => Begin(model, Tokens(i, 200 + (11 * i))))];
        CacheBudget budget = new(long.MaxValue);
        using (IDecoderBatch batch = batched[0].CreateBatch(budget))
        {
            int joined = 0;
            for (int step = 0; step < 320; step++)
            {
                // One after the other joins; with 2, 4 and 8 rows, and at 256 and 512 tokens, there must be more room.
                if (step % 10 == 0 && joined < batched.Length)
                {
                    Assert.True(batch.TryJoin(batched[joined++], 0));
                }

                for (int i = 0; i < joined; i++)
                {
                    batch.Place(batched[i], (step + i) % 64);
                }

                batch.Run();
                for (int i = 0; i < joined; i++)
                {
                    Near(alone[i].Append([(step + i) % 64]), batch.Logits(batched[i]));
                }
            }

            Assert.Equal(batch.Bytes, budget.Used);
            Assert.Equal(8L * 1000 * ((OnnxDecoderSession)batched[0]).Layout.FloatsPerToken * sizeof(float), batch.Bytes);
        }

        Assert.Equal(0, budget.Used);
        for (int i = 0; i < batched.Length; i++)
        {
            Near(alone[i].Append([3, 4, 5]), batched[i].Append([3, 4, 5]));
            alone[i].Dispose();
            batched[i].Dispose();
        }
    }

    [Fact]
    public void Without_memory_for_more_a_session_stays_out_and_a_step_changes_nothing()
    {
        using OnnxDecoderModel model = Tiny(maxPositions: 1000);
        using IBatchSession first = Begin(model, Tokens(1, 250));
        using IBatchSession second = Begin(model, Tokens(2, 255));
        using IBatchSession third = Begin(model, Tokens(3, 9));
        using IDecoderSession alone = Begin(model, Tokens(2, 255));
        CacheBudget budget = new((3 * first.CacheBytes) - 1);
        using IDecoderBatch batch = first.CreateBatch(budget);
        Assert.True(batch.TryJoin(first, 2));
        Assert.True(batch.TryJoin(second, 2));
        Assert.False(batch.TryJoin(third, 3));
        Assert.Throws<InvalidOperationException>(batch.Run);
        batch.Place(first, 1);
        batch.Place(second, 2);
        batch.Run();

        // The second now has 256 tokens, for which rows were long enough, and no further one.
        batch.Place(first, 3);
        batch.Place(second, 4);
        Assert.Throws<UnavailableException>(batch.Run);
        Assert.Equal((251, 256), (first.Length, second.Length));
        batch.Leave(second);
        alone.Append([2]);
        Near(alone.Append([4]), second.Append([4]));
        Assert.Throws<ArgumentException>(() => batch.Leave(second));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Place(first, 64));
    }

    [Theory]
    [InlineData(WeightPrecision.Single)]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    public void An_only_session_of_a_batch_gets_to_the_last_bit_what_it_gets_among_others(WeightPrecision precision)
    {
        TinyLlama.Write(_folder.FolderPath, vocabSize: 1000, hidden: 256, heads: 4, keyValueHeads: 2, intermediate: 512, layers: 4, maxPositions: 512);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(
            ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1, Weights = precision, CacheDirectory = _folder.File("cache") });
        IBatchSession[] sessions = [.. Enumerable.Range(0, 6).Select(i => Begin(model, Tokens(i, 20 + i)))];
        using IBatchSession only = Begin(model, Tokens(0, 20));
        using IDecoderBatch among = sessions[0].CreateBatch(new CacheBudget(long.MaxValue));
        using IDecoderBatch alone = only.CreateBatch(new CacheBudget(long.MaxValue));
        Assert.True(alone.TryJoin(only, 1));
        for (int step = 0; step < 24; step++)
        {
            if (step % 4 == 0)
            {
                Assert.True(among.TryJoin(sessions[step / 4], 1));
            }

            for (int i = 0; i <= step / 4; i++)
            {
                among.Place(sessions[i], (step * 13) + i);
            }

            alone.Place(only, step * 13);
            among.Run();
            alone.Run();
            Assert.Equal(alone.Logits(only), among.Logits(sessions[0]));
        }

        foreach (IBatchSession session in sessions)
        {
            session.Dispose();
        }
    }

    [Fact]
    public void A_shared_step_allocates_nothing()
    {
        using OnnxDecoderModel model = Tiny(maxPositions: 512);
        IBatchSession[] sessions = [.. Enumerable.Range(0, 4).Select(i => Begin(model, Tokens(i, 20 + i)))];
        using IDecoderBatch batch = sessions[0].CreateBatch(new CacheBudget(long.MaxValue));
        Assert.All(sessions, session => Assert.True(batch.TryJoin(session, 4)));
        float sum = 0;
        Step(50);
        Assert.Equal(0, Allocations.Least(() => Step(20)));
        foreach (IBatchSession session in sessions)
        {
            session.Dispose();
        }

        void Step(int count)
        {
            for (int i = 0; i < count; i++)
            {
                foreach (IBatchSession session in sessions)
                {
                    batch.Place(session, i % 64);
                }

                batch.Run();
                sum += batch.Logits(sessions[i % 4])[0];
            }
        }
    }

    [Fact]
    public void Sessions_that_differ_in_more_than_their_tokens_share_nothing()
    {
        using OnnxDecoderModel model = Tiny(maxPositions: 512);
        using OnnxDecoderModel other = OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
        using IBatchSession session = Begin(model, [1, 2]);
        using IBatchSession foreign = Begin(other, [1, 2]);
        using IBatchSession empty = (IBatchSession)model.CreateSession();
        Assert.Null(empty.BatchKey);
        Assert.NotEqual(session.BatchKey, foreign.BatchKey);
        Assert.Throws<InvalidOperationException>(() => empty.CreateBatch(new CacheBudget(1)));
        using IDecoderBatch batch = session.CreateBatch(new CacheBudget(long.MaxValue));
        Assert.Throws<ArgumentException>(() => batch.TryJoin(foreign, 2));
        Assert.Throws<ArgumentException>(() => batch.TryJoin(empty, 2));

        // The last token that there is room for must run alone, so that the error is that of a session.
        session.Append([.. Tokens(3, 510)]);
        Assert.Null(session.BatchKey);
    }

    private static int[] Tokens(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => ((i * i) + (seed * i) + seed) % 64)];

    private OnnxDecoderModel Tiny(int maxPositions)
    {
        TinyLlama.Write(_folder.FolderPath, maxPositions: maxPositions);
        return OnnxDecoderModel.Load(ModelFolder.Open(_folder.FolderPath), new RuntimeOptions { Threads = 1 });
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
