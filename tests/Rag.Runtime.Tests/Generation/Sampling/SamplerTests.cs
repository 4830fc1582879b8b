using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Sampling.Rules;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Sampling;

public sealed class SamplerTests
{
    [Fact]
    public void Next_Greedy_TakesTheLowerIdAtATie()
    {
        using Sampler sampler = new(new SamplingOptions(), 0, 4, []);
        Assert.Equal(1, sampler.Next([0, 5, 5, 2]));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void Next_LogitsNotFinite_NamesTheFault(float temperature)
    {
        using Sampler sampler = new(new SamplingOptions { Temperature = temperature }, 0, 3, []);
        Assert.Throws<CorruptException>(() => sampler.Next([0, float.NaN, 1]));
        Assert.Throws<CorruptException>(() => sampler.Next([float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity]));
    }

    [Fact]
    public void Next_SameSeed_ReplaysAndAnotherSeedDiffers()
    {
        Assert.Equal(Draws(7), Draws(7));
        Assert.NotEqual(Draws(7), Draws(8));

        static int[] Draws(long seed)
        {
            SamplingOptions options = new() { Temperature = 1, TopK = 40, TopP = 0.95f };
            using Sampler sampler = new(options, seed, 100, []);
            float[] logits = Noise(100, 3);
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(logits))];
        }
    }

    [Fact]
    public void SeededRandom_GivesTheNumbersOfTheReferenceImplementation()
    {
        // SplitMix64 seeded with 0 gives e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec; the first
        // output of xoshiro256** is rotl(s1 * 5, 7) * 9.
        SeededRandom random = new(0);
        ulong expected = unchecked(ulong.RotateLeft(0x6e789e6aa1b965f4UL * 5, 7) * 9);
        Assert.Equal(expected, random.NextUInt64());
        for (int i = 0; i < 1000; i++)
        {
            Assert.InRange(random.NextDouble(), 0, 0.9999999999999999);
        }
    }

    [Fact]
    public void Next_OverManyDraws_FollowsTheDistribution()
    {
        float[] probabilities = [0.5f, 0.25f, 0.125f, 0.125f];
        float[] logits = [.. probabilities.Select(p => MathF.Log(p))];
        using Sampler sampler = new(new SamplingOptions { Temperature = 1 }, 11, 4, []);
        int[] counts = new int[4];
        const int draws = 20_000;
        for (int i = 0; i < draws; i++)
        {
            counts[sampler.Next(logits)]++;
        }

        // Chi-square with 3 degrees of freedom: 16.27 is its 99.9 % point, and the seed is fixed.
        double chiSquare = Enumerable.Range(0, 4).Sum(i => Math.Pow(counts[i] - (draws * probabilities[i]), 2) / (draws * probabilities[i]));
        Assert.InRange(chiSquare, 0, 16.27);
    }

    [Theory]
    [InlineData(0f, SamplingOrder.Transformers)]
    [InlineData(0.8f, SamplingOrder.Transformers)]
    [InlineData(0.8f, SamplingOrder.LlamaCpp)]
    public void Next_AfterTheFirst_AllocatesNothing(float temperature, SamplingOrder order)
    {
        SamplingOptions options = new()
        {
            Temperature = temperature, Order = order, TopH = 0.9f, TopK = 50, TopP = 0.9f, MinP = 0.01f, TypicalP = 0.95f, EpsilonCutoff = 1e-4f,
            EtaCutoff = 1e-4f, TopNSigma = 3, XtcProbability = 0.3f, RepetitionPenalty = 1.1f, PresencePenalty = 0.1f, FrequencyPenalty = 0.1f, PenaltyWindow = 64,
            DryMultiplier = 0.5f, NoRepeatNgramSize = 4, BadWords = [[7], [1, 2]], SequenceBias = [new([3, 4], 2)], LogitBias = new Dictionary<int, float> { [5] = 1 },
            MinLength = 20, MinOutputTokens = 20, ForcedEndTokens = [2], LengthDecayStart = 3, LengthDecayFactor = 1.01f, SuppressTokens = [9], BeginSuppressTokens = [8],
        };
        float[] logits = Noise(4096, 5);
        using Sampler sampler = new(options, 1, logits.Length, [1, 2, 3], [0], 1000);
        sampler.Next(logits);
        int sum = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                sum += sampler.Next(logits);
            }
        }));
        Assert.True(sum >= 0);
    }

    [Fact]
    public void Next_RulesThatLeaveNothing_SaySo()
    {
        foreach (float temperature in new[] { 0f, 1f })
        {
            using Sampler sampler = new(new SamplingOptions { Temperature = temperature, AllowedTokens = [1], SuppressTokens = [1] }, 1, 3, []);
            Assert.Throws<IncompatibleException>(() => sampler.Next([1, 2, 3]));
        }
    }

    [Fact]
    public void Constructor_TokenBeyondTheVocabulary_NamesTheOption()
    {
        ArgumentException exception = Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(new SamplingOptions { BadWords = [[1, 3]] }, 1, 3, []));
        Assert.Contains("BadWords", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Penalties_OverAWindow_ForgetWhatIsOlder()
    {
        SamplingOptions options = new() { RepetitionPenalty = 2, FrequencyPenalty = 1, PenaltyWindow = 2 };
        using Sampler sampler = new(options, 1, 5, [0, 1]);
        sampler.NoteOutput(2);
        sampler.NoteOutput(2);
        float[] scores = [4, 4, 4, 4, 4];
        sampler.Process(scores);
        Assert.Equal([4, 4, (4 / 2f) - 2, 4, 4], scores);
    }

    [Fact]
    public void Penalties_InTheOrderOfLlamaCpp_CountThePromptToo()
    {
        SamplingOptions options = new() { FrequencyPenalty = 1, Order = SamplingOrder.LlamaCpp };
        using Sampler sampler = new(options, 1, 3, [0, 0, 1]);
        float[] scores = [4, 4, 4];
        sampler.Process(scores);
        Assert.Equal([2, 3, 4], scores);
    }

    [Fact]
    public void TopP_InTheOrderOfLlamaCpp_LooksAtTheUntouchedDistribution()
    {
        // Probabilities 0.6, 0.3, 0.1; at temperature 4 they are nearly even, so transformers keeps more.
        float[] logits = [MathF.Log(0.6f), MathF.Log(0.3f), MathF.Log(0.1f)];
        Assert.Equal(1, Kept(SamplingOrder.LlamaCpp));
        Assert.Equal(2, Kept(SamplingOrder.Transformers));

        int Kept(SamplingOrder order)
        {
            using Sampler sampler = new(new SamplingOptions { Temperature = 4, TopP = 0.55f, Order = order }, 1, 3, []);
            return sampler.Process([.. logits]);
        }
    }

    [Fact]
    public void TopNSigma_DropsWhatIsFarBelow()
    {
        // Mean 2.5, deviation sqrt(1.25): 4 - 1.118 leaves 3 and 4.
        using Sampler sampler = new(new SamplingOptions { Temperature = 1, TopNSigma = 1 }, 1, 4, []);
        Assert.Equal(2, sampler.Process([1, 2, 3, 4]));
        Assert.Equal([2, 3], [sampler.CandidateId(0), sampler.CandidateId(1)]);
    }

    [Fact]
    public void Xtc_KeepsTheLeastProbableOfTheTopChoices()
    {
        float[] logits = [MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.15f), MathF.Log(0.05f)];
        using Sampler always = new(new SamplingOptions { Temperature = 1, XtcProbability = 1, XtcThreshold = 0.1f }, 1, 4, []);
        Assert.Equal(2, always.Process([.. logits]));
        Assert.Equal([2, 3], [always.CandidateId(0), always.CandidateId(1)]);
        using Sampler one = new(new SamplingOptions { Temperature = 1, XtcProbability = 1, XtcThreshold = 0.4f }, 1, 4, []);
        Assert.Equal(4, one.Process([.. logits]));
    }

    [Fact]
    public void Dry_PenalisesWhatGoesOnWithARepeat()
    {
        // 1 2 3 4 | 1 2 3: 4 would make the repeat of three tokens four; the allowed length is 2, so 0.5 * 2^(3 - 2).
        SamplingOptions options = new() { DryMultiplier = 0.5f, DryBase = 2 };
        using Sampler sampler = new(options, 1, 6, [1, 2, 3, 4, 1, 2, 3]);
        float[] scores = [9, 9, 9, 9, 9, 9];
        sampler.Process(scores);
        Assert.Equal([9, 9, 9, 9, 8, 9], scores);
        options.DryBreakers = [2];
        using Sampler broken = new(options, 1, 6, [1, 2, 3, 4, 1, 2, 3]);
        scores = [9, 9, 9, 9, 9, 9];
        broken.Process(scores);
        Assert.Equal([9, 9, 9, 9, 9, 9], scores);
    }

    [Fact]
    public void TopTokens_EqualAStableSort()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            float[] scores = Levels(1 + (seed % 90), seed, 9);
            int[] top = new int[Math.Min(scores.Length, 1 + (seed % 20))];
            TopTokens.Select(scores, top);
            Assert.Equal(Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(top.Length), top);
        }
    }

    [Fact]
    public void TopP_EqualsAFullSort()
    {
        Gen<(float[], float)> cases =
            from seed in Gen.Choose(0, 100_000)
            from size in Gen.Choose(1, 400)
            from levels in Gen.Choose(2, 1000)
            from p in Gen.Choose(0, 999)
            select (Levels(size, seed, levels), p / 1000f);
        Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            (float[] logits, float p) = sample;
            float[] scores = [.. logits];
            TopPRule.Apply(scores, p, new int[logits.Length], new float[logits.Length]);
            double[] kept = [.. scores.Where(float.IsFinite).Select(score => (double)score).OrderDescending()];

            float max = logits.Max();
            float[] sorted = [.. logits.OrderDescending()];
            double total = sorted.Sum(score => (double)MathF.Exp(score - max));
            double before = 0;
            List<double> expected = [];
            foreach (float score in sorted)
            {
                if (expected.Count > 0 && before >= p * total)
                {
                    break;
                }

                expected.Add(score);
                before += MathF.Exp(score - max);
            }

            // A boundary closer than rounding may fall either way.
            return Math.Abs(expected.Count - kept.Length) <= 1 && expected.Zip(kept).All(pair => pair.First == pair.Second);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Typical_EqualsAFullSort()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            float[] logits = Levels(1 + (seed * 7 % 400), seed, seed % 2 == 0 ? 20 : 100_000);
            float mass = 0.05f + (seed % 19 / 20f);
            double logTotal = Math.Log(logits.Sum(logit => Math.Exp(logit)));
            double entropy = -logits.Sum(logit => Math.Exp(logit - logTotal) * (logit - logTotal));
            double[] shifts = [.. logits.Select(logit => Math.Abs(logTotal - logit - entropy))];
            int[] order = [.. Enumerable.Range(0, logits.Length).OrderBy(i => shifts[i])];
            double sum = 0;
            int last = 0;
            while (last < order.Length - 1 && (sum += Math.Exp(logits[order[last]] - logTotal)) < mass)
            {
                last++;
            }

            using SamplingBuffers buffers = new(logits.Length);
            float[] scores = [.. logits];
            new TypicalRule(mass).Apply(new SamplingStep(scores, [], 0, buffers));
            for (int i = 0; i < scores.Length; i++)
            {
                // A boundary closer than rounding may fall either way.
                if (Math.Abs(shifts[i] - shifts[order[last]]) > 1e-4)
                {
                    Assert.Equal(shifts[i] < shifts[order[last]], float.IsFinite(scores[i]));
                }
            }
        }
    }

    [Fact]
    public void TopK_KeepsEveryScoreAtLeastTheKthHighest()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            float[] logits = Levels(1 + (seed % 60), seed, 12);
            int k = 1 + (seed % 20);
            float[] scores = [.. logits];
            TopKRule.Apply(scores, k, new float[logits.Length]);
            float threshold = logits.OrderDescending().ElementAt(Math.Min(k, logits.Length) - 1);
            Assert.Equal(logits.Select(score => score >= threshold ? score : float.NegativeInfinity), scores);
        }
    }

    private static float[] Noise(int size, int seed) => Levels(size, seed, 1_000_000);

    private static float[] Levels(int size, int seed, int levels)
    {
        SeededRandom random = new(seed);
        return [.. Enumerable.Range(0, size).Select(_ => (float)Math.Floor(random.NextDouble() * levels) / levels * 8)];
    }
}
