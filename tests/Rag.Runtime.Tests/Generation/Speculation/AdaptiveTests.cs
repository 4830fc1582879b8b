using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Speculation;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>How many guesses are checked, by a clock that charges steps a known time: exact, whatever the machine does.</summary>
public sealed class AdaptiveTests
{
    private const int AnswerTokens = 200;
    private static readonly int[] Prompt = [.. Enumerable.Range(0, 600).Select(i => (i * i * 31) % 97)];

    [Theory]
    [InlineData(.2, 0)]
    [InlineData(.2, .3)]
    [InlineData(.2, .6)]
    [InlineData(.2, .95)]
    [InlineData(.4, 0)]
    [InlineData(.4, .3)]
    [InlineData(.4, .6)]
    [InlineData(.4, .95)]
    [InlineData(1, .95)]
    [InlineData(1.5, 1)]
    public void Append_GuessesOfAnyWorth_IsNeverMuchSlowerThanPlainSteps(double slope, double right)
    {
        Random random = new(7);
        double faster = Run(tokens => 1 + (slope * (tokens - 1)), 20, i => Answer(i, random), (answer, _) => new KnowingDrafter([.. Prompt, .. answer], right, 100, random));
        Assert.InRange(faster, .98, 20);
        if (right > .9 && slope < .5)
        {
            Assert.True(faster > 1.4, $"{faster}");
        }
    }

    [Fact]
    public void Append_RandomText_TurnsItselfOff()
    {
        using SpeculationShare share = new(new SpeculationOptions(), 256, new StepClock());
        Random random = new(3);
        StepClock time = new();
        using SpeculationShare timed = new(new SpeculationOptions(), 256, time);
        for (int i = 0; i < 10; i++)
        {
            Feed(timed, new TimedSession(time, tokens => TimeSpan.FromMilliseconds(1 + (.35 * (tokens - 1)))), Answer(i, random));
        }

        SpeculationUsage usage = timed.Usage;
        Assert.Equal(10 * AnswerTokens, usage.Steps + usage.AcceptedTokens);
        Assert.InRange(usage.CheckedSteps, 0, 40);
    }

    [Fact]
    public void Append_StepsThatCostTwiceByToken_LearnsNotToGuess()
    {
        StepClock time = new();
        using SpeculationShare share = new(new SpeculationOptions(), 256, time);
        int[] answer = [.. Prompt, .. Prompt];
        Feed(share, new TimedSession(time, tokens => TimeSpan.FromMilliseconds(2 * tokens)), answer);
        Assert.InRange(share.Usage.CheckedSteps, 1, 100);
        Assert.True(share.Costs.Of(2) > 1.5);
        long before = share.Usage.CheckedSteps;
        Feed(share, new TimedSession(time, tokens => TimeSpan.FromMilliseconds(2 * tokens)), answer);
        Assert.InRange(share.Usage.CheckedSteps - before, 0, 10);
    }

    [Fact]
    public void Append_CopyingWhileStepsAreCheap_GuessesMany()
    {
        StepClock time = new();
        using SpeculationShare share = new(new SpeculationOptions(), 256, time);
        Feed(share, new TimedSession(time, tokens => TimeSpan.FromMilliseconds(10 + (.5 * tokens))), Prompt.AsSpan(100, 300).ToArray());
        SpeculationUsage usage = share.Usage;
        Assert.InRange(usage.Steps, 1, 60);
        Assert.True(usage.AcceptedTokens > .9 * usage.DraftedTokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Append_WhereAnswersWouldShowIt_GuessesAsManyWhateverTheClockSays(bool isSteady)
    {
        SpeculationUsage Usage(Func<int, double> cost)
        {
            StepClock time = new();
            using SpeculationShare share = new(new SpeculationOptions(), 256, time, isSteady: isSteady);
            Feed(share, new TimedSession(time, tokens => TimeSpan.FromMilliseconds(cost(tokens))), [.. Prompt.AsSpan(100, 300), .. Prompt]);
            return share.Usage;
        }

        SpeculationUsage cheap = Usage(tokens => 10 + (.5 * tokens));
        SpeculationUsage dear = Usage(tokens => 2 * tokens);
        Assert.Equal(isSteady, cheap == dear);
        Assert.True(cheap.AcceptedTokens > 400);
    }

    [Fact]
    public void Append_OnceItIsGoing_AllocatesNothing()
    {
        StepClock time = new();
        using SpeculationShare share = new(new SpeculationOptions { NgramCacheBytes = 1 << 16 }, 256, time);
        TimedSession session = new(time, tokens => TimeSpan.FromMilliseconds(10 + tokens));
        int[] answer = [.. Prompt.AsSpan(100, 300), .. Prompt];
        using SpeculativeRun run = share.Begin(new CachedSession(session), Prompt.Length, answer.Length + 1, new HashSet<int>(), null)!;
        run.Append(Prompt, default);
        int at = 0;
        Append(700);

        // Lists and tables that double have room for what is left.
        int window = (answer.Length - at) / 5;
        Assert.Equal(0, Allocations.Least(() => Append(window)));
        Assert.True(run.AcceptedTokens > 400);

        void Append(int tokens)
        {
            for (int past = at + tokens; at < past; at++)
            {
                run.Append(answer.AsSpan(at, 1), default);
            }
        }
    }

    [Fact]
    public void StepCosts_BetweenAndBeyondWhatWasMeasured_GoAlongALine()
    {
        StepCosts costs = new(17);
        Assert.Equal(1, costs.Of(1));
        Assert.Equal(1.35, costs.Of(2), 1e-9);
        for (int i = 0; i < 100; i++)
        {
            costs.Note(5, 2);
        }

        Assert.Equal(2, costs.Of(5), 1e-3);
        Assert.Equal(1.5, costs.Of(3), 1e-3);
        Assert.Equal(3, costs.Of(9), 1e-2);
        costs.Note(5, double.PositiveInfinity);
        costs.Note(5, double.NaN);
        costs.Note(1, 7);
        costs.Note(40, 7);
        Assert.Equal(2, costs.Of(5), 1e-3);

        // One step that something else held up tells little.
        costs.Note(5, 50);
        Assert.InRange(costs.Of(5), 2, 2.6);
        Assert.Equal(costs.Of(17), costs.Of(100));
    }

    [Fact]
    public void StepCosts_NotMeasuredForLong_AreForgotten()
    {
        StepCosts costs = new(8);
        costs.Note(4, 9);
        costs.Note(4, 9);
        double dear = costs.Of(4);
        Assert.True(dear > 1 + (3 * .35));
        for (int i = 0; i < 1100; i++)
        {
            costs.Note(2, 1.3);
        }

        Assert.Equal(1.9, costs.Of(4), 1e-2);
    }

    [Fact]
    public void DraftPlan_Choose_TakesTheNumberWithTheMostTokensInATime()
    {
        Acceptance acceptance = new(new KnownAcceptance());
        for (int i = 0; i < 500; i++)
        {
            acceptance.Note(DraftLevel.Forced, i % 5 != 0);
        }

        double rate = acceptance.Rate(DraftLevel.Forced);
        double[] costs = [1, 1.3, 1.6, 1.9, 2.2, 2.5, 2.8, 3.1];
        int[] levels = [.. Enumerable.Repeat(DraftLevel.Forced, 7)];
        double[] gains = [.. Enumerable.Range(0, 8).Select(k => (1 - Math.Pow(rate, k + 1)) / (1 - rate) / costs[k])];
        Assert.Equal(Array.IndexOf(gains, gains.Max()), DraftPlan.Choose(levels, acceptance, costs, 1, 0, 100, out double gain));
        Assert.Equal(gains.Max(), gain, 1e-9);
        Assert.Equal(0, DraftPlan.Choose(levels, acceptance, costs, 1, 0, 1.2, out _));
        Assert.Equal(1, DraftPlan.Choose(levels, acceptance, costs, 1, 0, 1.4, out _));
        Assert.Equal(0, DraftPlan.Choose(levels, acceptance, costs, 1, 1, 100, out _));
        Assert.Equal(0, DraftPlan.Choose([], acceptance, costs, 1, 0, 100, out _));
        Assert.InRange(DraftPlan.Choose(levels, acceptance, costs, 6, 0, 100, out _), 0, 2);
    }

    [Fact]
    public void KnownAcceptance_IsWhatTheNextRequestBeginsWith()
    {
        KnownAcceptance known = new();
        Acceptance first = new(known);
        double before = first.Rate(0);
        for (int i = 0; i < 50; i++)
        {
            first.Note(0, right: false);
        }

        Assert.Equal(before, new Acceptance(known).Rate(0));
        known.Note(first);
        Assert.True(new Acceptance(known).Rate(0) < before / 3);
        Assert.Equal(new Acceptance(new KnownAcceptance()).Rate(1), new Acceptance(known).Rate(1));
    }

    private static int[] Answer(int i, Random random) => [.. Enumerable.Range(0, AnswerTokens).Select(_ => random.Next(97))];

    // How many times as fast as plain steps.
    private static double Run(Func<int, double> cost, int answers, Func<int, int[]> answerOf, Func<int[], int, IDrafter> drafter)
    {
        StepClock time = new();
        int[] answer = [];
        using SpeculationShare share = new(new SpeculationOptions(), 256, time) { CreateDrafters = (_, _) => [drafter(answer, 0)] };
        for (int i = 0; i < answers; i++)
        {
            answer = answerOf(i);
            Feed(share, new TimedSession(time, tokens => TimeSpan.FromMilliseconds(tokens > 100 ? 0 : cost(tokens))), answer);
        }

        return answers * AnswerTokens / TimeSpan.FromTicks(time.GetTimestamp()).TotalMilliseconds;
    }

    private static void Feed(SpeculationShare share, TimedSession session, int[] answer)
    {
        using SpeculativeRun run = share.Begin(new CachedSession(session), Prompt.Length, answer.Length + 1, new HashSet<int>(), null)!;
        run.Append(Prompt, default);
        for (int i = 0; i < answer.Length; i++)
        {
            run.Append(answer.AsSpan(i, 1), default);
        }
    }
}
