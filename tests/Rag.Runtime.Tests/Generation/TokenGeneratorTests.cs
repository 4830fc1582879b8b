using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Tests.Generation;

public sealed class TokenGeneratorTests
{
    private static readonly HashSet<int> Stops = [9];

    [Fact]
    public void TryNext_StopToken_EndsAndIsNotGivenOut()
    {
        ScriptedSession session = new(10, script: [3, 4, 9, 5], promptLength: 2);
        using Sampler sampler = new(new SamplingOptions(), 0, 10, []);
        TokenGenerator generator = new(new CachedSession(session), [1, 2], sampler, Stops, 20);
        Assert.Equal([3, 4], All(generator));
        Assert.Equal(GenerationEnd.Stop, generator.End);
        Assert.Equal(3, generator.GeneratedTokens);
        Assert.Equal([2, 1, 1], session.Appended);
    }

    [Fact]
    public void TryNext_BudgetSpent_EndsWithoutAnotherStep()
    {
        ScriptedSession session = new(10, script: [3, 4, 5, 6], promptLength: 2);
        using Sampler sampler = new(new SamplingOptions(), 0, 10, []);
        TokenGenerator generator = new(new CachedSession(session), [1, 2], sampler, Stops, 3);
        Assert.Equal([3, 4, 5], All(generator));
        Assert.Equal(GenerationEnd.Length, generator.End);
        Assert.Equal(4, session.Length);
    }

    [Fact]
    public void TryNext_PrefixInTheCache_GivesTheSameTokensAndRunsTheRestAlone()
    {
        ScriptedSession session = new(50);
        CachedSession cached = new(session);
        int[] first = Run(cached, [1, 2, 3, 4, 5], out int reused);
        Assert.Equal(0, reused);
        session.Appended.Clear();
        int[] second = Run(cached, [1, 2, 3, 7, 8, 9], out reused);
        Assert.Equal(3, reused);
        Assert.Equal(3, session.Appended[0]);
        Assert.Equal(Run(new CachedSession(new ScriptedSession(50)), [1, 2, 3, 7, 8, 9], out _), second);

        // A follow-up turn contains the answer: all of it is in the cache but its last token.
        int[] turn = [1, 2, 3, 7, 8, 9, .. second, 11, 12];
        int[] third = Run(cached, turn, out reused);
        Assert.Equal(6 + second.Length - 1, reused);
        Assert.Equal(Run(new CachedSession(new ScriptedSession(50)), turn, out _), third);
        Assert.NotEqual(first, second);

        // The same prompt again: its last token runs, since that gives the logits.
        Assert.Equal(third, Run(cached, turn, out reused));
        Assert.Equal(turn.Length - 1, reused);
    }

    [Fact]
    public void TryNext_Cancelled_StopsWithinAStepAndTheCacheStaysExact()
    {
        using CancellationTokenSource cancellation = new();
        ScriptedSession session = new(50);
        CachedSession cached = new(session);
        session.Step = position =>
        {
            if (position == 4)
            {
                cancellation.Cancel();
            }
        };
        using Sampler sampler = new(new SamplingOptions(), 0, 50, []);
        int[] prompt = [1, 2, 3, 4, 5, 6, 7];
        TokenGenerator generator = new(cached, prompt, sampler, Stops, 5);
        Assert.Throws<OperationCanceledException>(() => generator.TryNext(out _, cancellation.Token));
        Assert.Equal(4, session.Length);
        session.Step = null;
        int[] again = Run(cached, prompt, out int reused);
        Assert.Equal(4, reused);
        Assert.Equal(Run(new CachedSession(new ScriptedSession(50)), prompt, out _), again);
    }

    private static int[] Run(CachedSession session, int[] prompt, out int reused)
    {
        using Sampler sampler = new(new SamplingOptions(), 0, session.VocabularySize, []);
        TokenGenerator generator = new(session, prompt, sampler, Stops, 6);
        int[] tokens = All(generator);
        reused = generator.ReusedTokens;
        return tokens;
    }

    private static int[] All(TokenGenerator generator)
    {
        List<int> tokens = [];
        while (generator.TryNext(out int token, default))
        {
            tokens.Add(token);
        }

        return [.. tokens];
    }
}
