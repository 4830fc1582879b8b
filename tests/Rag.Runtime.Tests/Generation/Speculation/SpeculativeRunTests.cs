using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;

namespace Rag.Runtime.Tests.Generation.Speculation;

/// <summary>Whatever is guessed, the tokens are those of plain steps, and so is what the session keeps.</summary>
public sealed class SpeculativeRunTests
{
    private const int Vocabulary = 50;
    private static readonly int[] Prompt = [1, 2, 3, 4, 5];
    private static readonly HashSet<int> Stops = [9];
    private static readonly SamplingOptions Greedy = new();
    private static readonly SamplingOptions Hot = new() { Temperature = 1, TopP = .95f, FrequencyPenalty = .3f };

    [Fact]
    public void Append_AnyDraftsGreedyOrSampled_GivesTheTokensOfPlainSteps() =>
        Prop.ForAll<int, byte, bool>((seed, rightness, sampled) =>
        {
            SamplingOptions sampling = sampled ? Hot : Greedy;
            Output plain = Generate(new ScriptedSession(Vocabulary), sampling, seed, null);
            using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. plain.Tokens], rightness / 255.0, Vocabulary, new Random(seed)));
            Output guessed = Generate(new ScriptedSession(Vocabulary), sampling, seed, share);
            Assert.Equal(plain.Tokens, guessed.Tokens);
            Assert.Equal(plain.End, guessed.End);
            Assert.Equal(plain.Kept, guessed.Kept);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Append_AllRight_RunsFewerSteps()
    {
        ScriptedSession plainSession = new(Vocabulary);
        Output plain = Generate(plainSession, Greedy, 0, null);
        ScriptedSession session = new(Vocabulary);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. plain.Tokens], 1, Vocabulary, new Random(1)));
        Output guessed = Generate(session, Greedy, 0, share);
        Assert.Equal(plain.Tokens, guessed.Tokens);
        Assert.True(plain.Tokens.Length > 20);

        // The scripted session runs rows one by one: a row more than needed would show.
        Assert.Equal(plain.Kept.Length, session.Appended.Sum());
        SpeculationUsage usage = share.Usage;
        Assert.InRange(usage.Steps, 1, (plain.Tokens.Length / 8) + 2);
        Assert.Equal(usage.DraftedTokens, usage.AcceptedTokens);
        Assert.True(usage.AcceptedTokens > plain.Tokens.Length / 2);
    }

    [Fact]
    public void Append_NoneRight_AcceptsNoneAndLeavesNoneBehind()
    {
        using SpeculationShare share = Shares.Of(new KnowingDrafter([], 0, 3, new Random(1)));
        int[] script = [.. Enumerable.Range(10, 20)];
        Output output = Generate(new ScriptedSession(Vocabulary, script: script, promptLength: Prompt.Length), Greedy, 0, share, maxTokens: 20);
        Assert.Equal(script, output.Tokens);
        Assert.Equal([.. Prompt, .. script[..^1]], output.Kept);
        Assert.Equal(0, share.Usage.AcceptedTokens);
        Assert.True(share.Usage.DraftedTokens > 20);
    }

    [Fact]
    public void Append_StopTokenInADraft_EndsThereAndNothingIsGuessedBehindIt()
    {
        int[] script = [11, 12, 13, 9, 14, 15];
        ScriptedSession session = new(Vocabulary, script: script, promptLength: Prompt.Length);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. script], 1, Vocabulary, new Random(1)));
        Output output = Generate(session, Greedy, 0, share);
        Assert.Equal([11, 12, 13], output.Tokens);
        Assert.Equal(GenerationEnd.Stop, output.End);

        // The prompt, a plain step, then the token chosen and one guess: the stop token itself needs no row.
        Assert.Equal(Prompt.Length + 3, session.Appended.Sum());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Append_BudgetEndsInADraft_RunsNoTokenBeyondIt(int maxTokens)
    {
        int[] script = [.. Enumerable.Range(10, 30)];
        ScriptedSession session = new(Vocabulary, script: script, promptLength: Prompt.Length);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. script], 1, Vocabulary, new Random(1)));
        Output output = Generate(session, Greedy, 0, share, maxTokens);
        Assert.Equal(script[..maxTokens], output.Tokens);
        Assert.Equal(GenerationEnd.Length, output.End);
        Assert.Equal(Prompt.Length + maxTokens - 1, session.Appended.Sum());
    }

    [Fact]
    public void Append_ContextEndsInADraft_GuessesNothingBeyondIt()
    {
        int[] script = [.. Enumerable.Range(10, 30)];
        ScriptedSession session = new(Vocabulary, maxPositions: Prompt.Length + 6, script: script, promptLength: Prompt.Length);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. script], 1, Vocabulary, new Random(1)));
        Assert.Throws<LimitExceededException>(() => Generate(session, Greedy, 0, share, 30));
        Assert.Equal(Prompt.Length + 6, session.Length);
    }

    [Fact]
    public void Append_CancelledWithinACheck_LeavesWhatWasChosen()
    {
        int[] script = [.. Enumerable.Range(10, 30)];
        ScriptedSession session = new(Vocabulary, script: script, promptLength: Prompt.Length);
        using CancellationTokenSource cancellation = new();
        session.Step = position =>
        {
            if (position == Prompt.Length + 5)
            {
                cancellation.Cancel();
            }
        };
        CachedSession cached = new(session);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. script], 1, Vocabulary, new Random(1)));
        Assert.ThrowsAny<OperationCanceledException>(() => Generate(cached, Greedy, 0, share, 30, null, cancellation.Token));

        // A plain step for the first token; the second was chosen and ran, the guesses behind it are gone.
        Assert.Equal([.. Prompt, 10, 11], cached.Tokens.ToArray());
        Assert.Equal(cached.Length, session.Length);
        session.Step = null;
        Assert.Equal(script, Generate(cached, Greedy, 0, share, 30).Tokens);
    }

    [Fact]
    public void Append_CancelledBetweenSteps_ThrowsThoughTheLogitsAreThere()
    {
        int[] script = [.. Enumerable.Range(10, 30)];
        CachedSession cached = new(new ScriptedSession(Vocabulary, script: script, promptLength: Prompt.Length));
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. script], 1, Vocabulary, new Random(1)));
        using SpeculativeRun run = share.Begin(cached, Prompt.Length, 30, Stops, null)!;
        cached.Begin(Prompt);
        run.Append(Prompt, default);
        run.Append([10], default);
        run.Append([11], default);
        Assert.True(cached.Length > Prompt.Length + 2);
        Assert.Throws<OperationCanceledException>(() => run.Append([12], new CancellationToken(canceled: true)));
        run.Settle();
        Assert.Equal([.. Prompt, 10, 11], cached.Tokens.ToArray());
    }

    [Fact]
    public void Append_FollowUpPrompt_ReusesAllThatWasChosen()
    {
        CachedSession plain = new(new ScriptedSession(Vocabulary));
        CachedSession cached = new(new ScriptedSession(Vocabulary));
        Output first = Generate(plain, Greedy, 0, null, 20);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. first.Tokens], .7, Vocabulary, new Random(5)));
        Assert.Equal(first.Tokens, Generate(cached, Greedy, 0, share, 20).Tokens);
        int[] turn = [.. Prompt, .. first.Tokens, 7, 8];
        Assert.Equal(plain.Begin(turn), cached.Begin(turn));
        Assert.Equal(plain.Append(turn.AsSpan(plain.Length), default), cached.Append(turn.AsSpan(cached.Length), default));
    }

    [Fact]
    public void IsAlone_False_GuessesNothingAndMayChangeAtAnyStep()
    {
        int seed = LongSeed();
        Output plain = Generate(new ScriptedSession(Vocabulary), Hot, seed, null, 30);
        CachedSession cached = new(new ScriptedSession(Vocabulary));
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. plain.Tokens], .9, Vocabulary, new Random(5)));
        using SpeculativeRun run = share.Begin(cached, Prompt.Length, 30, Stops, null)!;
        using Sampler sampler = new(Hot, seed, Vocabulary, Prompt);
        TokenGenerator generator = new(cached, Prompt, sampler, Stops, 30) { Speculation = run };
        List<int> tokens = [];
        long drafted = 0;
        for (int i = 0; generator.TryNext(out int token, default); i++)
        {
            tokens.Add(token);
            Assert.True(run.IsAlone || run.DraftedTokens == drafted);
            run.IsAlone = i % 10 < 5;
            drafted = run.DraftedTokens;
            if (!run.IsAlone)
            {
                // As before the step of a batch.
                run.Settle();
                Assert.Equal(Prompt.Length + i, cached.Length);
            }
        }

        Assert.Equal(plain.Tokens, tokens);
        Assert.True(run.AcceptedTokens > 0);
    }

    [Fact]
    public void Append_PromptOrLongWait_IsNeverGuessedBehind()
    {
        ScriptedSession session = new(Vocabulary);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Enumerable.Range(0, 100)], 1, Vocabulary, new Random(5)));
        CachedSession cached = new(session);
        using SpeculativeRun run = share.Begin(cached, 2, 90, Stops, null)!;
        run.Append([0, 1], default);
        Assert.Equal(2, session.Length);
        run.Append([.. Enumerable.Range(2, 20)], default);
        Assert.Equal(22, session.Length);

        // Several chosen tokens at once are found among the guesses too, as far as they agree.
        run.Append([22, 23], default);
        int ran = session.Length;
        Assert.True(ran > 26);
        run.Append([24, 25], default);
        Assert.Equal(ran, session.Length);
        run.Append([26, 40], default);
        Assert.Equal([.. Enumerable.Range(0, 27), 40], cached.Tokens[..28].ToArray());
    }

    [Fact]
    public void LogProbabilities_AreThoseOfPlainSteps()
    {
        LogProbabilityLog plainLog = new(3, id => $"{id}");
        LogProbabilityLog log = new(3, id => $"{id}");
        int seed = LongSeed();
        Output plain = Generate(new CachedSession(new ScriptedSession(Vocabulary)), Hot, seed, null, 30, plainLog);
        using SpeculationShare share = Shares.Of(new KnowingDrafter([.. Prompt, .. plain.Tokens], .8, Vocabulary, new Random(5)));
        Generate(new CachedSession(new ScriptedSession(Vocabulary)), Hot, seed, share, 30, log);
        Assert.True(share.Usage.AcceptedTokens > 0);
        Assert.Equal(
            plainLog.Take()!.Tokens.Select(token => (token.Token, string.Join(',', token.Top))),
            log.Take()!.Tokens.Select(token => (token.Token, string.Join(',', token.Top))));
    }

    [Fact]
    public void Tokens_SampledWithGuesses_HaveTheDistributionOfTheModel()
    {
        // The fourth token is the first whose logits may come from a guess that was checked. 10 degrees of freedom leave 29.6 once in a thousand times.
        const int Small = 11;
        const int Draws = 5000;
        SamplingOptions sampling = new() { Temperature = 1 };
        double[] expected = Expected(new ScriptedSession(Small), Prompt, 4);
        double[] seen = new double[Small];
        CachedSession cached = new(new ScriptedSession(Small));

        // Guesses that favour one token: they must not draw the choice to it.
        int likely = Array.IndexOf(expected, expected.Max());
        int[] favoured = [.. Prompt, .. Enumerable.Repeat(likely, 10)];
        long accepted = 0;
        for (int seed = 0; seed < Draws; seed++)
        {
            using SpeculationShare share = Shares.Of(new KnowingDrafter(favoured, .8, Small, new Random(seed)));
            using Sampler sampler = new(sampling, seed, Small, Prompt);
            using SpeculativeRun run = share.Begin(cached, Prompt.Length, 6, new HashSet<int>(), null)!;
            TokenGenerator generator = new(cached, Prompt, sampler, new HashSet<int>(), 6) { Speculation = run };
            int token = 0;
            for (int i = 0; i < 4; i++)
            {
                Assert.True(generator.TryNext(out token, default));
            }

            seen[token]++;
            accepted += run.AcceptedTokens;
        }

        double chi = Enumerable.Range(0, Small).Sum(i => Math.Pow(seen[i] - (Draws * expected[i]), 2) / (Draws * expected[i]));
        Assert.InRange(chi, 0, 29.6);
        Assert.True(accepted > Draws / 20);
    }

    // One whose output meets no stop token.
    private static int LongSeed() => Enumerable.Range(0, 1000).First(seed => Generate(new ScriptedSession(Vocabulary), Hot, seed, null, 30).Tokens.Length == 30);

    // What comes after so many tokens, over all ways there.
    private static double[] Expected(ScriptedSession session, ReadOnlySpan<int> tokens, int depth)
    {
        double[] result = new double[session.VocabularySize];
        double[] weights = [.. session.Append(tokens).ToArray().Select(logit => Math.Exp(logit))];
        double total = weights.Sum();
        int length = session.Length;
        for (int token = 0; token < weights.Length; token++)
        {
            double probability = weights[token] / total;
            if (depth == 1)
            {
                result[token] = probability;
                continue;
            }

            double[] after = Expected(session, [token], depth - 1);
            session.Rewind(length);
            for (int i = 0; i < result.Length; i++)
            {
                result[i] += probability * after[i];
            }
        }

        return result;
    }

    internal static Output Generate(ScriptedSession session, SamplingOptions sampling, long seed, SpeculationShare? share, int maxTokens = 40) =>
        Generate(new CachedSession(session), sampling, seed, share, maxTokens);

    internal static Output Generate(
        CachedSession session, SamplingOptions sampling, long seed, SpeculationShare? share, int maxTokens, LogProbabilityLog? log = null, CancellationToken cancellationToken = default)
    {
        using Sampler sampler = new(sampling, seed, session.VocabularySize, Prompt) { Log = log };
        using SpeculativeRun? run = share?.Begin(session, Prompt.Length, maxTokens, Stops, null);
        TokenGenerator generator = new(session, Prompt, sampler, Stops, maxTokens) { Speculation = run };
        List<int> tokens = [];
        while (generator.TryNext(out int token, cancellationToken))
        {
            tokens.Add(token);
        }

        run?.Dispose();
        return new Output([.. tokens], generator.End, session.Tokens.ToArray());
    }

    internal sealed record Output(int[] Tokens, GenerationEnd End, int[] Kept);
}
