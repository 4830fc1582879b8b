using Rag.Runtime.Generation.Beams;

namespace Rag.Runtime.Tests.Generation.Beams;

public sealed class FinishedBeamsTests
{
    private static readonly int[] Two = [9, 1, 2];

    [Theory]
    [InlineData(BeamStopping.Early, false)]
    [InlineData(BeamStopping.Estimated, true)]
    [InlineData(BeamStopping.Never, true)]
    public void CanImprove_RunningOneIsBetter_UnlessTheFirstFullSetIsEnough(BeamStopping stopping, bool expected)
    {
        FinishedBeams finished = Full(stopping, scores: [-2.4f, -3f]);
        Assert.Equal(expected, finished.CanImprove([new Beam(Two, -2.8f)]));
    }

    [Theory]
    [InlineData(BeamStopping.Estimated, 1f, false)]
    [InlineData(BeamStopping.Never, 1f, true)]
    [InlineData(BeamStopping.Never, -1f, false)]
    public void CanImprove_RunningOneIsWorseNow_OnlyWhereLengthMayStillRaiseIt(BeamStopping stopping, float penalty, bool expected)
    {
        FinishedBeams finished = Full(stopping, scores: [-2f, -2.4f], penalty);
        Assert.Equal(expected, finished.CanImprove([new Beam(Two, -3f)]));
    }

    [Fact]
    public void CanImprove_FewerThanBeams_WhileAnyRuns()
    {
        FinishedBeams finished = Full(BeamStopping.Early, scores: [-1f]);
        Assert.True(finished.CanImprove([new Beam(Two, -1000)]));
        Assert.False(finished.CanImprove([]));
    }

    [Fact]
    public void Add_KeepsTheBestInOrderAndTheFirstOfTwoThatTie()
    {
        FinishedBeams finished = Full(BeamStopping.Never, scores: [-4f, -2f]);
        finished.Add(new Beam([9, 7, 7], -2), BeamEnd.Length);
        finished.Add(new Beam([9, 8, 8], -8), BeamEnd.Length);
        List<BeamSequence> best = finished.Best(5);
        Assert.Equal([-1f, -1f], best.Select(sequence => sequence.Score));
        Assert.Equal([1, 2], best[0].Tokens);
        Assert.Equal((7, BeamEnd.Length), (best[1].Tokens[0], best[1].End));
    }

    /// <summary>Two beams of a prompt of one token; each finished one has two tokens of output.</summary>
    private static FinishedBeams Full(BeamStopping stopping, float[] scores, float penalty = 1)
    {
        FinishedBeams finished = new(new BeamSearchOptions { Beams = 2, Stopping = stopping, LengthPenalty = penalty }, promptLength: 1, maxLength: 11);
        foreach (float score in scores)
        {
            finished.Add(new Beam(Two, score), BeamEnd.Stop);
        }

        return finished;
    }
}
