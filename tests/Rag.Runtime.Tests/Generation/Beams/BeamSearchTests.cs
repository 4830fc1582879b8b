using Rag.Runtime.Generation.Beams;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Tests.Generation.Beams;

public sealed class BeamSearchTests
{
    [Fact]
    public void Run_AsManyBeamsAsSequences_FindsTheMostProbableOfAll()
    {
        // 4^3 sequences of three tokens: with 64 beams none is lost, so the search is exhaustive.
        BeamSearchOptions options = new() { Beams = 64, MaxOutputTokens = 3, LengthPenalty = 0 };
        IReadOnlyList<BeamSequence> found = BeamSearch.Run(() => new ScriptedSession(4), [1, 2], options, TestContext.Current.CancellationToken);
        Assert.Equal(64, found.Count);
        List<(int[] Tokens, double Score)> all = [];
        for (int i = 0; i < 64; i++)
        {
            int[] tokens = [i / 16, i / 4 % 4, i % 4];
            all.Add((tokens, LogProbability([1, 2], tokens)));
        }

        all = [.. all.OrderByDescending(sequence => sequence.Score)];
        Assert.Equal(all[0].Tokens, found[0].Tokens);
        Assert.All(all.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
    }

    [Fact]
    public void Run_ReturnedAndStops_GivesThatManyEachEndedAsItSays()
    {
        BeamSearchOptions options = new() { Beams = 5, Returned = 2, MaxOutputTokens = 6, StopTokens = [0, 3] };
        IReadOnlyList<BeamSequence> found = BeamSearch.Run(() => new ScriptedSession(9), [1], options, TestContext.Current.CancellationToken);
        Assert.Equal(2, found.Count);
        Assert.All(found, sequence => Assert.Equal(sequence.End == BeamEnd.Length ? 6 : sequence.Tokens.ToList().FindIndex(id => id is 0 or 3) + 1, sequence.Tokens.Count));
    }

    [Fact]
    public void Run_RulesThatLeaveOneToken_FindsTheOneSequence()
    {
        BeamSearchOptions options = new() { Beams = 3, MaxOutputTokens = 4, Sampling = new SamplingOptions { AllowedTokens = [2] } };
        BeamSequence only = Assert.Single(BeamSearch.Run(() => new ScriptedSession(9), [1], options, TestContext.Current.CancellationToken));
        Assert.Equal([2, 2, 2, 2], only.Tokens);
    }

    [Fact]
    public void Run_Cancelled_ClosesItsSessions()
    {
        using CancellationTokenSource cancellation = new();
        List<ScriptedSession> sessions = [];
        Assert.ThrowsAny<OperationCanceledException>(() => BeamSearch.Run(
            () =>
            {
                ScriptedSession session = new(9) { Step = position => { if (position == 5) { cancellation.Cancel(); } } };
                sessions.Add(session);
                return session;
            },
            [1, 2],
            new BeamSearchOptions { MaxSessions = 3 },
            cancellation.Token));
        Assert.NotEmpty(sessions);
        Assert.All(sessions, session => Assert.True(session.Disposed));
    }

    [Fact]
    public void Run_OptionsOutOfRange_NamesThem()
    {
        Refused(nameof(BeamSearchOptions.Beams), new() { Beams = 0 });
        Refused(nameof(BeamSearchOptions.Returned), new() { Returned = 5 });
        Refused(nameof(BeamSearchOptions.LengthPenalty), new() { LengthPenalty = float.NaN });
        Refused(nameof(SamplingOptions.TopP), new() { Sampling = new SamplingOptions { TopP = 2 } });

        static void Refused(string name, BeamSearchOptions options) => Assert.Contains(
            name, Assert.ThrowsAny<ArgumentException>(() => BeamSearch.Run(() => new ScriptedSession(9), [1], options)).Message, StringComparison.Ordinal);
    }

    private static double LogProbability(int[] prompt, int[] tokens)
    {
        using ScriptedSession session = new(4);
        double sum = 0;
        float[] logits = session.Append(prompt).ToArray();
        foreach (int token in tokens)
        {
            sum += logits[token] - Math.Log(logits.Sum(logit => Math.Exp(logit)));
            logits = session.Append([token]).ToArray();
        }

        return sum;
    }
}
